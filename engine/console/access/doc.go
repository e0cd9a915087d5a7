// Package access says who asks for a page, and what they may do there.
//
// It guarantees that
//
//   - nobody is let in by default: without a certificate, a token or a session that it can check, a
//     request has no actor;
//   - --insecure-local lets everybody in, and only requests that come to a name of the loopback: a page of
//     another site cannot have itself called that (DNS rebinding);
//   - secrets are compared in constant time and are in no message.
//
// It knows no page and no person.
//
// Files:
//
//	role.go    roles and what each may do
//	config.go  the access file
//	tls.go     how a listener is encrypted, and whose client certificates it accepts
//	guard.go   who a request is from: local, certificate or bearer token
//	oidc.go    signing in with OpenID Connect, and sessions
package access
