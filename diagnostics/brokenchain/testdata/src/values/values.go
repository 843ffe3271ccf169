package values

import (
	"context"
	"fmt"
	"sync"
	"time"

	"example.com/m/lib"
)

type settings struct{ level int }

type settingsKey struct{}

var defaults settings

func of(ctx context.Context) *settings {
	if s, ok := ctx.Value(settingsKey{}).(*settings); ok {
		return s
	}
	return &defaults
}

func carry(to, from context.Context) context.Context {
	if s := from.Value(settingsKey{}); s != nil {
		return context.WithValue(to, settingsKey{}, s)
	}
	return to
}

func use(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Second):
		return nil
	}
}

// What only reads values loses no signal.
func reads(ctx context.Context) int {
	return of(context.Background()).level + of(ctx).level
}

// The settings go over, the signal doesn't.
func longLived(ctx context.Context) error {
	own := context.Background()
	own = carry(own, ctx)
	return use(own)
}

// Two contexts for two things.
func both(request, process context.Context) error {
	if err := use(request); err != nil {
		return err
	}
	return use(process)
}

func twoLives(ctx context.Context) error { return both(ctx, context.Background()) }

// One that asks for the end does lose it.
func polls(ctx context.Context) bool { return ctx.Err() == nil }

func asks(ctx context.Context) bool {
	return polls(context.Background()) // want `polls gets context.Background\(\) though ctx is at hand`
}

// So does one that asks for the deadline.
func until(ctx context.Context, t *time.Timer) {
	if at, ok := ctx.Deadline(); ok {
		t.Reset(time.Until(at))
	}
}

func resets(ctx context.Context, t *time.Timer) {
	until(context.Background(), t) // want `until gets context.Background\(\) though ctx is at hand`
}

// The order is about all that begins on its line.
func ordered(ctx context.Context, wg *sync.WaitGroup) {
	wg.Go(func() { //nolint:contextcheck
		for range 3 {
			use(context.Background())
		}
	})
	wg.Wait()
	_ = ctx.Err()
}

// A statistic takes a lock, and its context for the values in it.
type group struct {
	mu sync.Mutex
	ch chan int
}

func (g *group) named(ctx context.Context) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	level := of(ctx).level
	<-g.ch
	return level
}

func (g *group) global() int { return g.named(context.Background()) }

func total(ctx context.Context, g *group) int { return g.global() }

// Through a variable, too.
var current = of

func level(ctx context.Context) string {
	return fmt.Sprint(current(context.TODO()).level, lib.Label(context.TODO()))
}

// A variable says nothing about what it holds.
func awaits(ctx context.Context) int {
	return lib.Await(context.TODO()) // want `lib.Await gets context.TODO\(\) though ctx is at hand`
}

func swapped(ctx context.Context) string {
	return lib.Swapped(context.TODO()) // want `lib.Swapped gets context.TODO\(\) though ctx is at hand`
}
