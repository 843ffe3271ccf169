package ok

import (
	"context"
	"time"
)

func await(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }

// The end of ctx is handed on by hand, at a chosen moment.
func bridged(ctx context.Context) error {
	inner, cancel := context.WithCancel(context.Background())
	defer cancel()
	result := make(chan error, 1)
	go func() { result <- await(inner) }()
	select {
	case <-ctx.Done():
		cancel()
		return <-result
	case err := <-result:
		return err
	}
}

// The variable that is assigned has no context yet.
func renews(events <-chan int) {
	var ctx context.Context
	var cancel func()
	renew := func() {
		ctx, cancel = context.WithCancel(context.Background())
		_ = await(ctx)
	}
	for range events {
		renew()
		cancel()
	}
}

// The comment tells readers to leave the context out.
func left(ctx context.Context, display func(context.Context) error) error {
	// not using shared context to not disrupt display
	return display(context.Background())
}

// Don't use ctx, because losing the lead cancels it: what follows has to be told
// all the same.
func leftInDoc(ctx context.Context) error {
	return await(context.Background())
}

// withdraw works under a detached, limited context.
func withdraw(id string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return await(ctx)
}

func reject(id string) error {
	cleanupCtx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return await(cleanupCtx)
}

func helped(ctx context.Context) error {
	if err := withdraw("a"); err != nil {
		return err
	}
	return reject("b")
}

type list struct{}

func (l *list) AddObserver(ctx context.Context, name string)    { _ = await(ctx) }
func (l *list) RemoveObserver(ctx context.Context, name string) { _ = await(ctx) }

// What was added is taken back.
func observes(ctx context.Context, l *list, events <-chan int) {
	l.AddObserver(ctx, "me")
	for range events {
	}
	l.RemoveObserver(context.Background(), "me")
}
