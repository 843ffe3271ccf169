package bad

import (
	"context"
	"time"
)

type users struct{}

func (u *users) CreateUser(ctx context.Context, name string) error { <-ctx.Done(); return ctx.Err() }
func (u *users) DeleteUser(ctx context.Context, name string) error { <-ctx.Done(); return ctx.Err() }

// Nothing was created where something is deleted.
func dispatch(ctx context.Context, u *users, op, name string) error {
	switch op {
	case "create":
		return u.CreateUser(ctx, name)
	case "delete":
		return u.DeleteUser(context.Background(), name) // want `DeleteUser gets context.Background\(\) though ctx is at hand`
	}
	return nil
}

// It is the root's own time that is up.
func timedOut(ctx context.Context, u *users) error {
	own, cancel := context.WithTimeout(context.Background(), time.Minute) // want `WithTimeout derives from context.Background\(\) though ctx is at hand`
	err := u.CreateUser(own, "x")
	if err == context.DeadlineExceeded {
		println("timed out")
	}
	cancel()
	return err
}

// The context is the loop's.
func ranges(ctxs []context.Context, u *users) {
	for _, c := range ctxs {
		func() {
			_ = u.CreateUser(context.Background(), "x") // want `CreateUser gets context.Background\(\) though c is at hand`
			_ = c
		}()
	}
}

// A complaint is no reason.
func wished(ctx context.Context, u *users) error {
	// callers of this don't pass a ctx yet
	return u.CreateUser(context.Background(), "x") // want `CreateUser gets context.Background\(\) though ctx is at hand`
}

func failuresOf(ctx context.Context) <-chan error {
	out := make(chan error, 1)
	go func() {
		<-ctx.Done()
		out <- ctx.Err()
	}()
	return out
}

// It listens to another context than the one at hand.
func listensElsewhere(stop, ctx context.Context) error {
	own, cancel := context.WithCancel(context.Background()) // want `WithCancel derives from context.Background\(\) though ctx is at hand`
	defer cancel()
	select {
	case err := <-failuresOf(own):
		return err
	case <-stop.Done():
		return nil
	}
}
