// Package grpc stands for the package of that name.
package grpc

import (
	"context"
	"net"
)

// ClientConn is a connection.
type ClientConn struct{ conn net.Conn }

// DialOption is an option.
type DialOption func(*bool)

// WithBlock makes Dial wait for the connection.
func WithBlock() DialOption { return func(block *bool) { *block = true } }

// WithInsecure is another one.
func WithInsecure() DialOption { return func(*bool) {} }

// Dial connects.
func Dial(target string, opts ...DialOption) (*ClientConn, error) {
	return DialContext(context.Background(), target, opts...)
}

// DialContext connects; without WithBlock in the background.
func DialContext(ctx context.Context, target string, opts ...DialOption) (*ClientConn, error) {
	block := false
	for _, opt := range opts {
		opt(&block)
	}
	if !block {
		return &ClientConn{}, nil
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", target)
	return &ClientConn{conn}, err
}
