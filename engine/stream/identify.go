package stream

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"tilsyn/engine/stream/datadir"
	"tilsyn/topics"
)

// knownIdentity returns the identity in the data directory if it is of this group and prefix, else
// an empty one. It decides nothing ([datadir.OpenIdentity] does).
func (e *engine) knownIdentity() datadir.Identity {
	var id datadir.Identity
	data, err := os.ReadFile(filepath.Join(e.cfg.DataDir, datadir.IdentityFile))
	if err != nil || json.Unmarshal(data, &id) != nil || id.Version != datadir.IdentityVersion ||
		id.Prefix != e.client.Prefix() ||
		id.Group != e.cfg.Group && (id.Group != e.cfg.FromGroup || id.Group == "") {
		return datadir.Identity{}
	}
	return id
}

// identify reads the identity, or makes one that is not written yet: an instance that refuses to
// run leaves the directory as it was. An identity of the group that the prefix is moved from is
// accepted, and keeps that group until the prefix has moved.
func (e *engine) identify(ctx context.Context) error {
	ids, err := e.client.TopicIDs(ctx)
	if err != nil {
		return err
	}
	here := datadir.Identity{TopicIDs: ids, Cluster: e.client.ClusterID(), Prefix: e.client.Prefix(),
		Group: e.cfg.Group, Partitions: e.parts}
	if e.id.Group != "" {
		here.Group = e.id.Group
	}
	e.id, e.idNew, err = datadir.OpenIdentity(e.cfg.DataDir, here)
	return err
}

// keepIdentity writes the identity if the directory does not have it.
func (e *engine) keepIdentity() error {
	if !e.idNew {
		return nil
	}
	if err := datadir.WriteIdentity(e.cfg.DataDir, e.id); err != nil {
		return err
	}
	e.idNew, e.dirs.kept = false, true
	return nil
}

// updateGroup changes the identity to the present group after the prefix was moved to it.
func (e *engine) updateGroup() error {
	if e.id.Group == e.cfg.Group {
		return nil
	}
	e.id.Group = e.cfg.Group
	return datadir.WriteIdentity(e.cfg.DataDir, e.id)
}

// forgetGroup deletes an empty group that an older tilsyn left in the embedded broker: unlike
// other brokers, it lets no other group type replace it. Only offsets that recovery never reads
// are lost.
func (e *engine) forgetGroup(ctx context.Context) error {
	g, err := e.client.DescribeGroup(ctx, e.cfg.Group)
	if err != nil || g.State != topics.GroupEmpty || g.Ours || g.ProtocolType == "" {
		return err
	}
	return e.client.DeleteGroup(ctx, e.cfg.Group)
}
