// Package pb looks like what protoc-gen-go-grpc generates.
package pb

import "context"

type Request struct{}
type Reply struct{}

type Stream interface {
	Send(*Reply) error
	Context() context.Context
	SetTrailer(map[string]string)
	SendMsg(any) error
}

type EchoServer interface {
	Say(context.Context, *Request) (*Reply, error)
	Follow(*Request, Stream) error
}

type ServiceRegistrar interface{ RegisterService(impl any) }

func RegisterEchoServer(s ServiceRegistrar, srv EchoServer) { s.RegisterService(srv) }
