// Package registry is the client of a Confluent schema registry (contract §1): it learns what the ids in
// values stand for, finds the ids that our own values are written with, and registers our schemas.
//
// What it guarantees:
//
//   - What an id stands for is asked once and kept in a file, so that a start needs no registry.
//   - A registry that does not answer is waited for, at growing intervals, and each wait is told; a value
//     whose id cannot be looked up now is not taken for an unreadable one. An id that the registry does not
//     have is.
//   - Ids in the file that the registry contradicts are refused: they are those of another registry.
//   - Register refuses a subject whose compatibility is weaker than the contract's, and a version there
//     that is not BACKWARD and FORWARD compatible with our schema, and says in words why.
//   - Errors name subjects, ids and addresses, never a password or a value.
//
// What it never does: it registers nothing but in Register, and it changes no compatibility that somebody
// has set.
//
// Subjects follow the TopicNameStrategy: the topic's name with its prefix, and "-value".
//
// Files: registry.go (settings, ids of our own), resolve.go (ids of others), wait.go (asking, and what
// answers mean), cache.go (the file), register.go (registering).
package registry
