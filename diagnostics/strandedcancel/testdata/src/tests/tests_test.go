package tests

import (
	"context"
	"testing"
)

// All files are tests: what they don't call, nobody does.
type Tx struct {
	cancel context.CancelFunc
	ctx    context.Context
}

func begin(ctx context.Context) *Tx {
	ctx, cancel := context.WithCancel(ctx)
	tx := &Tx{
		cancel: cancel, // want `the cancel function returned by context.WithCancel is stored in the field cancel, but nothing in this package ever calls it`
		ctx:    ctx,
	}
	go tx.awaitDone()
	return tx
}

func (tx *Tx) awaitDone() { <-tx.ctx.Done() }

func (tx *Tx) Close() { tx.cancel() }

func TestBegin(t *testing.T) { begin(t.Context()) }

type Rows struct{ cancel context.CancelFunc }

func query(ctx context.Context) *Rows {
	_, cancel := context.WithCancel(ctx)
	return &Rows{cancel: cancel}
}

func (r *Rows) Close() { r.cancel() }

func TestQuery(t *testing.T) { query(t.Context()).Close() }

// Called by reflection, as an interface of another package says.
type suite struct{ cancel context.CancelFunc }

func (s *suite) SetUp(ctx context.Context) { _, s.cancel = context.WithCancel(ctx) }

func (s *suite) TearDown() { s.cancel() }

func TestSuite(t *testing.T) { run(t, &suite{}) }

func run(t *testing.T, s any) { t.Log(s) }
