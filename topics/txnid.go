package topics

import (
	"strconv"
	"strings"
)

// TransactionalID is `<prefix><group>-<task>` (contract §3, "Delivery"), where it
// is plain which part of it is the prefix and which the group: the prefix is empty
// or ends with a dot, as the default does, and the group has no dot. Elsewhere
// prefix "a." with group "b.c" and prefix "a.b." with group "c" would be the same
// id, and two deployments would fence each other for ever. There a slash, which no
// topic name may hold, stands between the two: `<prefix>/<group>-<task>`. So no two
// pairs of a prefix and a group have one id, and an id always begins with the
// prefix, which is what permissions by prefix need (decision 0010).
func TransactionalID(prefix, group string, task int32) string {
	return Scope(prefix, group) + "-" + strconv.FormatInt(int64(task), 10)
}

// Scope returns the part of a transactional id that identifies a deployment: it is unique to a pair
// of a prefix and a group.
func Scope(prefix, group string) string {
	if (prefix == "" || strings.HasSuffix(prefix, ".")) && !strings.ContainsAny(group, "./") {
		return prefix + group
	}
	return prefix + "/" + group
}

// FormerTransactionalID returns the id that versions before decision 0010 gave a task; usually it is
// the same. If it differs, a transaction that such a version left open must be ended before the
// successor reads.
func FormerTransactionalID(prefix, group string, task int32) string {
	return prefix + group + "-" + strconv.FormatInt(int64(task), 10)
}
