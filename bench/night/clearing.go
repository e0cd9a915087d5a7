package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tilsyn/engine/duty"
	"tilsyn/schemas"
	"tilsyn/topics"
)

// clearing is a fact that clears a night that was told: by turns a permission for it, and a passage home of that
// evening that comes late.
type clearing struct {
	person int
	// permission is true of a permission.
	permission bool
	// sent and acknowledged are when the producer was given it, and when it knew that the brokers have it.
	sent, acknowledged time.Time
}

// permissions is the schema of what is written here.
var permissions = schemaOf(topics.Permissions)

// clearings are those for the first n persons who were told of.
func (j *job) clearings(n int) ([]clearing, error) {
	var all []clearing
	for p := 0; p < j.Persons && len(all) < n; p++ {
		if j.missed(p, 0) {
			all = append(all, clearing{person: p, permission: len(all)%2 == 0})
		}
	}
	if len(all) < n {
		return nil, fmt.Errorf("-withdrawals %d: only %d persons are told of; give more -persons or -missing", n, len(all))
	}
	return all, nil
}

// record is the fact as it becomes known at an instant.
func (c *clearing) record(at duty.Instant) topics.Out {
	name := person(c.person)
	out := topics.Out{Partition: topics.ByKey, Key: []byte(name), Timestamp: int64(at)}
	if c.permission {
		out.Topic = topics.Permissions
		out.Value = permissions.AppendValue(nil, &duty.Permission{
			ID: "leave" + name, Version: 1, ReceivedAt: at, PermissionID: "leave" + name, PersonID: name,
			Status: duty.PermissionStatusGranted, ReportEffect: duty.ReportEffectSilent,
			ValidFrom: firstDay.Start() + 12*duty.Hour,
			ValidTo:   (firstDay + 1).Start() + 12*duty.Hour, DecidedAt: firstDay.Start() + 10*duty.Hour,
			ServedAt: duty.Some(firstDay.Start() + 11*duty.Hour),
		})
		return out
	}
	out.Topic = topics.CardEvents
	out.Value = schemas.AppendCardEvent(cardEvents.AppendFrame(nil), &duty.CardEvent{
		ID: "late" + name, Version: 1, ReceivedAt: at, PersonID: duty.Some(name), CardID: "C" + name[1:],
		CardType: duty.CardTypeBiometric, CentreID: centre, DeviceID: device, DeviceType: duty.DeviceTypeCarousel,
		Kind: duty.CardEventKindPassage, Direction: duty.Some(duty.DirectionIn), Scan: duty.ScanComplete,
		OccurredAt: firstDay.Start() + 22*duty.Hour + 15*duty.Minute,
	})
	return out
}

// unit is the night that it clears.
func (c *clearing) unit() string { return duty.UnitID(duty.KindStay, firstDay, person(c.person)) }

// clerks is how many write clearing facts side by side: one that waits for its acknowledgement holds up no other.
const clerks = 8

// clearAll writes the facts at an even pace, each as a producer of its own would, and notes when. It returns when all
// are acknowledged.
func clearAll(ctx context.Context, c *topics.Client, all []clearing, perSecond float64,
	clock func() duty.Instant) error {
	began := time.Now()
	errs := make([]error, clerks)
	var wait sync.WaitGroup
	for k := range clerks {
		wait.Go(func() {
			p := c.NewProducer(topics.ProducerConfig{})
			for i := k; i < len(all); i += clerks {
				select {
				case <-ctx.Done():
					errs[k] = ctx.Err()
					return
				case <-time.After(time.Until(began.Add(turn(i, perSecond)))):
				}
				x := &all[i]
				x.sent = time.Now()
				if _, errs[k] = p.Produce(ctx, []topics.Out{x.record(clock())}); errs[k] != nil {
					return
				}
				x.acknowledged = time.Now()
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// turn is how long after the first the one of a number is due, of so many a second.
func turn(number int, perSecond float64) time.Duration {
	return time.Duration(float64(number) / perSecond * float64(time.Second))
}

// delays are how long withdrawals took, in ms.
type delays struct {
	// acknowledged is from the acknowledgement of the clearing fact, sent from when it was given to the producer.
	acknowledged, sent []float64
	// permission and passage are those of acknowledged by what cleared.
	permission, passage []float64
}

// match finds for each clearing fact when the withdrawal of its unit could be read. A withdrawal that is not there, or
// of a unit that nothing cleared, is an error.
func match(all []clearing, gone map[string]time.Time) (d delays, err error) {
	missing := 0
	for i := range all {
		c := &all[i]
		at, ok := gone[c.unit()]
		if !ok {
			missing++
			continue
		}
		ms := func(from time.Time) float64 { return at.Sub(from).Seconds() * 1e3 }
		d.acknowledged = append(d.acknowledged, ms(c.acknowledged))
		d.sent = append(d.sent, ms(c.sent))
		if c.permission {
			d.permission = append(d.permission, ms(c.acknowledged))
		} else {
			d.passage = append(d.passage, ms(c.acknowledged))
		}
	}
	if others := len(gone) - (len(all) - missing); missing > 0 || others > 0 {
		return d, fmt.Errorf("the run does not count: of %d units that were cleared %d were not withdrawn, "+
			"and %d others were", len(all), missing, others)
	}
	return d, nil
}
