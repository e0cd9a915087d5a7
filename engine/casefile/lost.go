package casefile

import "tilsyn/engine/duty"

// A record that cannot be read holds whom it may concern (contract §1): everybody if its key is not
// usable or is another's, otherwise the person of its key. Of three topics the key may be something
// else than a person, and nothing that is left of the record tells which.

// MayBeOfCard reports whether the key of an unreadable record of the topic may be a card: then it
// holds whoever has the card, too.
func MayBeOfCard(topic string) bool { return topic == duty.TopicCardEvents }

// MayBeOfCentre reports whether the key of an unreadable record of the topic may be a centre: then
// it holds the centre's units, too (RD-47). A Resolution lies under the key of the record that it names.
func MayBeOfCentre(topic string) bool { return duty.MayBeOfCentre(topic) }
