package topics

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// TestGrant: rights that are given are listed, each once however often they are given, and suffice; the
// user that has them is told what it lacks besides.
func TestGrant(t *testing.T) {
	t.Parallel()
	e := embedded(t, EmbeddedConfig{Extra: []kfake.Opt{kfake.EnableSASL(), kfake.EnableACLs(),
		kfake.Superuser("PLAIN", "admin", "secret"), kfake.User("PLAIN", "gate", "secret")}})
	as := func(user string) *Client {
		t.Helper()
		c, err := Connect(bounded(t), Config{Brokers: e.Brokers(), Prefix: "p.", GiveUpAfter: 5 * time.Second,
			SASL: SASL{Mechanism: SASLPlain, Username: user, Password: "secret"}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c
	}
	admin, gate := as("admin"), as("gate")
	if _, err := admin.Create(bounded(t), CreateOptions{Partitions: 1}); err != nil {
		t.Fatal(err)
	}
	rights, err := Rights(RoleProducer, RoleOptions{Prefix: "p.", Writes: []string{CardEvents}})
	if err != nil {
		t.Fatal(err)
	}
	send := func(topic string) error {
		_, err := gate.NewProducer(ProducerConfig{}).Produce(bounded(t), []Out{{Topic: topic, Partition: ByKey,
			Key: []byte("k"), Value: []byte("v")}})
		return err
	}
	want := Right{OpWrite, ResourceTopic, "p.card-events", false}
	if m, ok := IsRefused(send(CardEvents)); !ok || m.Right != want || m.Principal != "User:gate" {
		t.Errorf("without any right: %v", m)
	}
	for range 2 {
		if err := admin.Grant(bounded(t), "User:gate", rights); err != nil {
			t.Fatal(err)
		}
	}
	got, err := admin.Granted(bounded(t), "User:gate")
	if err != nil || !slices.Equal(got, rights) {
		t.Errorf("%v, %v; want %v", got, err, rights)
	}
	if err := send(CardEvents); err != nil {
		t.Errorf("with the right: %v", err)
	}
	want.Name = "p.notices"
	err = send(Notices)
	if m, ok := IsRefused(err); !ok || m.Right != want || !errors.Is(err, ErrFatal) && m.Operation != OpWrite {
		t.Errorf("another topic: %v", err)
	}
	if err := gate.Grant(bounded(t), "User:gate", rights); err == nil {
		t.Error("somebody without Alter gives rights")
	} else if m, ok := IsRefused(err); !ok || m.String() == "" || m.Operation != OpAlter || m.Resource != ResourceCluster {
		t.Errorf("somebody without Alter gives rights: %v", err)
	}
}
