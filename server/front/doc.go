// Package front stands with the server in front of gopls, for clients that take
// one server a language. What the client sends reaches gopls as it is, what
// gopls sends reaches the client; diagnostics, code actions, hovers, lenses,
// hints and commands are those of both. Where gopls is slow, ours don't wait
// for it; where it dies, it is started again and told what is open.
package front
