package ok

import (
	"context"
	"log"
	"sync"
	"testing"
	"time"
)

func receives(ctx context.Context) { <-ctx.Done() }

func receivesIntoBlank(ctx context.Context) { _ = <-ctx.Done() }

func receivesOK(ctx context.Context) { _, _ = <-ctx.Done() }

func deferredReceive(ctx context.Context) {
	defer func() { <-ctx.Done() }()
	log.Print("on")
}

func selects(ctx context.Context, ch chan int) {
	select {
	case <-ctx.Done():
	case <-ch:
	}
}

func ranges(ctx context.Context) {
	for range ctx.Done() {
	}
}

func checks(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return context.Cause(ctx)
}

func keeps(ctx context.Context) bool {
	done, err := ctx.Done(), ctx.Err()
	return done == nil && err == nil
}

func keepsOne(ctx context.Context) <-chan struct{} {
	done, _ := ctx.Done(), 1
	return done
}

func passes(ctx context.Context, f func(<-chan struct{}, error)) { f(ctx.Done(), ctx.Err()) }

// The arguments of a deferred call are read at the defer: log, at least, gets
// them.
func passesDeferred(ctx context.Context) { defer log.Print(ctx.Err()) }

func waitGroup(wg *sync.WaitGroup) {
	defer wg.Done()
	wg.Add(1)
	wg.Done()
}

func value(ctx context.Context) {
	_ = ctx.Value("k")
	_, _ = ctx.Deadline()
	_ = ctx
}

type job struct{ done chan struct{} }

func (j *job) Done() <-chan struct{} { return j.done }
func (j *job) Err() error            { return nil }

// Not a context, whatever its methods are called.
func notAContext(j *job) {
	j.Done()
	_ = j.Err()
}

// lazy makes its channel when it is first asked for: a context of this
// package's own, whose methods have effects.
type lazy struct {
	context.Context
	once sync.Once
	done chan struct{}
}

func (l *lazy) Deadline() (time.Time, bool) { return time.Time{}, false }
func (l *lazy) Value(any) any               { return nil }
func (l *lazy) Err() error                  { return nil }
func (l *lazy) Done() <-chan struct{} {
	l.once.Do(func() { l.done = make(chan struct{}) })
	return l.done
}

func prepares(l *lazy) {
	l.Done()
	_ = l.Done()
}

func methodValue(ctx context.Context) func() error {
	_ = ctx.Err
	return ctx.Err
}

// What a benchmark calls is what it measures.
func BenchmarkErr(b *testing.B) {
	ctx := b.Context()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			ctx.Err()
		}
	})
}
