// Package pb is what a generator makes of a service with a streaming method.
package pb

import "context"

// Stream is the server's end of a call.
type Stream interface {
	Context() context.Context
	SetTrailer(map[string]string)
	SendMsg(any) error
}

// CallsServer is what a server has to implement.
type CallsServer interface {
	Follow(Stream) error
}

// RegisterCallsServer registers an implementation.
func RegisterCallsServer(server any, impl CallsServer) {}
