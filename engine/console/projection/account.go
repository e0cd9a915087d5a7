package projection

import (
	"context"
	"encoding/binary"

	badger "github.com/dgraph-io/badger/v4"

	"tilsyn/engine/duty"
)

// The accounts of persons (contract-case 9) are kept here for who takes them: a record that may change where a
// person's units are marks the person as touched, and so does a time that was given with the account. The mark is
// taken away before the person is read, so that what comes meanwhile marks it again.

// byOutputs are topics whose facts change the place of a unit by what the engine writes of them alone, unless the
// account of the person has a unit that is open.
var byOutputs = map[string]bool{duty.TopicCardEvents: true, duty.TopicManualEntries: true, duty.TopicNotices: true}

// noAccount are topics that change the place of no unit: a Handling touches the person of its unit.
var noAccount = map[string]bool{duty.TopicAcknowledgements: true, duty.TopicResolutions: true,
	duty.TopicHandlings: true}

// touch marks the account of a person as old.
func (b *batch) touch(person string) error { return b.set(key(keyTouched, person), nil) }

// touchBy marks whoever a fact under a person's key may concern.
func (b *batch) touchBy(topic, person string) error {
	switch {
	case noAccount[topic]:
		return nil
	case byOutputs[topic]:
		v, err := get(b.tx, key(keyAccount, person))
		if err != nil || len(v) == 0 || v[0] == 0 {
			return err
		}
		return b.touch(person)
	}
	persons := []string{person}
	if err := each(b.tx, key(keyLink, person), func(k, _ []byte) error {
		persons = append(persons, name(k, 1))
		return nil
	}); err != nil {
		return err
	}
	for _, p := range persons {
		if err := b.touch(p); err != nil {
			return err
		}
	}
	return nil
}

// Account is what was worked out for a person.
type Account struct {
	// Open is true where a unit waits for something that no record tells of.
	Open bool
	// Again is when time alone may change it; duty.Forever: never.
	Again duty.Instant
	// Value is of whoever takes the accounts.
	Value []byte
}

// accountHead is how many bytes of a stored account are before its Value.
const accountHead = 9

func (a *Account) encode() []byte {
	b := make([]byte, 1, accountHead+len(a.Value))
	if a.Open {
		b[0] = 1
	}
	return append(binary.BigEndian.AppendUint64(b, uint64(a.Again)), a.Value...)
}

func decodeAccount(v []byte) Account {
	if len(v) < accountHead {
		return Account{Again: duty.Forever}
	}
	return Account{Open: v[0] == 1, Again: duty.Instant(binary.BigEndian.Uint64(v[1:])), Value: v[accountHead:]}
}

func wakeKey(at duty.Instant, person string) []byte {
	return append(binary.BigEndian.AppendUint64([]byte{keyWake}, uint64(at)), person...)
}

// Epoch rises when the projection is emptied: accounts that were read before are of another one.
func (s *Store) Epoch() int64 { return s.epoch.Load() }

// Touched takes the mark of the first touched person after one, in order; "" where there is none. PutAccount must
// follow; until then the person is remembered, over a restart too.
func (s *Store) Touched(after string) (person string, err error) {
	err = s.db.Update(func(tx *badger.Txn) error {
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{keyTouched}})
		defer it.Close()
		seek := []byte{keyTouched}
		if after != "" {
			seek = append(key(keyTouched, after), 0)
		}
		if it.Seek(seek); !it.Valid() {
			return nil
		}
		k := it.Item().KeyCopy(nil)
		person = name(k, 0)
		if err := tx.Set([]byte{keyClaim}, []byte(person)); err != nil {
			return err
		}
		return tx.Delete(k)
	})
	return person, err
}

// PutAccount keeps the account of a person and returns the one before.
func (s *Store) PutAccount(person string, a Account) (before Account, err error) {
	err = s.db.Update(func(tx *badger.Txn) error {
		was, err := get(tx, key(keyAccount, person))
		if err != nil {
			return err
		}
		if before = decodeAccount(was); before.Again < duty.Forever {
			if err := tx.Delete(wakeKey(before.Again, person)); err != nil {
				return err
			}
		}
		if a.Again < duty.Forever {
			if err := tx.Set(wakeKey(a.Again, person), nil); err != nil {
				return err
			}
		}
		if err := tx.Delete([]byte{keyClaim}); err != nil {
			return err
		}
		return tx.Set(key(keyAccount, person), a.encode())
	})
	return before, err
}

// EachAccount gives the accounts of all persons, until the function returns an error.
func (s *Store) EachAccount(f func(a Account) error) error {
	return s.db.View(func(tx *badger.Txn) error {
		return each(tx, []byte{keyAccount}, func(_, v []byte) error { return f(decodeAccount(v)) })
	})
}

// mostWoken bounds how many persons are marked at one time.
const mostWoken = 1000

// Wake marks persons whose time has come, and the one whose account was being taken when the program ended.
func (s *Store) Wake(now duty.Instant) error {
	return s.db.Update(func(tx *badger.Txn) error {
		claimed, err := get(tx, []byte{keyClaim})
		if err != nil {
			return err
		}
		if claimed != nil {
			if err := tx.Set(key(keyTouched, string(claimed)), nil); err != nil {
				return err
			}
		}
		var due [][]byte
		it := tx.NewIterator(badger.IteratorOptions{Prefix: []byte{keyWake}})
		defer it.Close()
		for it.Seek([]byte{keyWake}); it.Valid() && len(due) < mostWoken; it.Next() {
			k := it.Item().KeyCopy(nil)
			if duty.Instant(binary.BigEndian.Uint64(k[1:])) > now {
				break
			}
			due = append(due, k)
		}
		for _, k := range due {
			if err := tx.Set(key(keyTouched, string(k[9:])), nil); err != nil {
				return err
			}
			if err := tx.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// TouchAll marks everybody unless that was done for the same cause already, such as the policies in force.
func (s *Store) TouchAll(ctx context.Context, cause string) error {
	var done []byte
	err := s.db.View(func(tx *badger.Txn) (err error) {
		done, err = get(tx, []byte{keyCause})
		return err
	})
	if err != nil || string(done) == cause {
		return err
	}
	w := s.db.NewWriteBatch()
	defer w.Cancel()
	if err := s.Persons(func(id string) error {
		if err := w.Set(key(keyTouched, id), nil); err != nil {
			return err
		}
		return ctx.Err()
	}); err != nil {
		return err
	}
	if err := w.Set([]byte{keyCause}, []byte(cause)); err != nil {
		return err
	}
	return w.Flush()
}
