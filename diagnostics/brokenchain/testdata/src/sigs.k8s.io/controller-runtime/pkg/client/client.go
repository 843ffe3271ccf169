// Package client stands for controller-runtime's.
package client

import "context"

type Reader interface {
	Get(ctx context.Context, key string, obj any) error
}

type Writer interface {
	Update(ctx context.Context, obj any) error
}

type Client interface {
	Reader
	Writer
}
