package stream

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"tilsyn/engine/stream/datadir"
	"tilsyn/topics"
)

// knownIdentity is the identity in the data directory, if it is of this group and
// these topics by name; else an empty one. It decides nothing ([openIdentity] does).
func (e *engine) knownIdentity() datadir.Identity {
	var id datadir.Identity
	data, err := os.ReadFile(filepath.Join(e.cfg.DataDir, datadir.IdentityFile))
	if err != nil || json.Unmarshal(data, &id) != nil || id.Version != datadir.IdentityVersion || id.Prefix != e.client.Prefix() ||
		id.Group != e.cfg.Group && (id.Group != e.cfg.FromGroup || id.Group == "") {
		return datadir.Identity{}
	}
	return id
}

// identify reads the identity, or makes one up that is not written yet: who refuses
// to run leaves the directory as it was. One of the group that the prefix is moved
// from is accepted, and stays that one's until the prefix has been moved.
func (e *engine) identify(ctx context.Context) error {
	ids, err := e.client.TopicIDs(ctx)
	if err != nil {
		return err
	}
	here := datadir.Identity{TopicIDs: ids, Cluster: e.client.ClusterID(), Prefix: e.client.Prefix(), Group: e.cfg.Group, Partitions: e.parts}
	if e.id.Group != "" {
		here.Group = e.id.Group
	}
	e.id, e.idNew, err = datadir.OpenIdentity(e.cfg.DataDir, here)
	return err
}

// keepIdentity writes the identity where the directory does not have it.
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

// settleIdentity makes a directory of the group that the prefix was moved from one
// of the present group.
func (e *engine) settleIdentity() error {
	if e.id.Group == e.cfg.Group {
		return nil
	}
	e.id.Group = e.cfg.Group
	return datadir.WriteIdentity(e.cfg.DataDir, e.id)
}

// forgetGroup removes what the embedded broker remembers of a group without members
// that a tilsyn of before had made: unlike others it lets no other type of group
// take its place. What is lost are offsets that no recovery reads.
func (e *engine) forgetGroup(ctx context.Context) error {
	g, err := e.client.DescribeGroup(ctx, e.cfg.Group)
	if err != nil || g.State != topics.GroupEmpty || g.Ours || g.ProtocolType == "" {
		return err
	}
	return e.client.DeleteGroup(ctx, e.cfg.Group)
}
