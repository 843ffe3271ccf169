package handlers

import (
	"context"
	"net/http"

	"joins/handlers/pb"
)

func serve(w http.ResponseWriter, r *http.Request) {} // want "handler"

func routed(w http.ResponseWriter, r *http.Request, params map[string]string) error { return nil } // want "handler"

func client(r *http.Request) {}

func register() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {}) // want "handler"
}

type echo struct{}

func (*echo) Say(ctx context.Context, r *pb.Request) (*pb.Reply, error) { return nil, nil } // want "handler"

func (*echo) Follow(r *pb.Request, s pb.Stream) error { return nil } // want "handler"

func (*echo) Other(ctx context.Context, r *pb.Request) (*pb.Reply, error) { return nil, nil }

var _ pb.EchoServer = (*echo)(nil)
