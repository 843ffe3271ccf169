package bad

import (
	"context"

	"google.golang.org/grpc"
)

func dialAndWait(ctx context.Context, addr string) (*grpc.ClientConn, error) {
	opts := []grpc.DialOption{grpc.WithInsecure(), grpc.WithBlock()}
	return grpc.Dial(addr, opts...) // want `grpc.Dial goes on when ctx is done, unlike grpc.DialContext`
}

type rows interface {
	Insert(row string) (int, error)
	InsertContext(ctx context.Context, row string) (int, error)
}

func inserts(ctx context.Context, r rows) (int, error) {
	return r.Insert("a") // want `Insert goes on when ctx is done, unlike InsertContext`
}
