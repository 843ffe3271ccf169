package hints

import (
	"context"
	"database/sql"
	"errors"

	"hints/rules"
)

// What the rules do is the caller's choice: these compute.
func validName(ctx context.Context, name string) error {
	return rules.Check(name, rules.By(func(v any) error { // want `rules.Check knows nothing of ctx, unlike rules.CheckWithContext`
		if v == "" {
			return errors.New("empty")
		}
		return nil
	}))
}

// A statement that was prepared before is hardly ever prepared anew.
func inside(ctx context.Context, tx *sql.Tx, insert *sql.Stmt) error {
	_, err := txStmt(tx, insert).ExecContext(ctx, 1) // want `hints.txStmt knows nothing of ctx, unlike txStmtContext`
	return err
}

func txStmt(tx *sql.Tx, stmt *sql.Stmt) *sql.Stmt {
	if tx != nil {
		stmt = tx.Stmt(stmt)
	}
	return stmt
}

func txStmtContext(ctx context.Context, tx *sql.Tx, stmt *sql.Stmt) *sql.Stmt {
	if tx != nil {
		stmt = tx.StmtContext(ctx, stmt)
	}
	return stmt
}

type service struct{ work func(ctx context.Context) error }

func run(start func() error) error { return runContext(context.Background(), start) }

func runContext(ctx context.Context, start func() error) error {
	ended := make(chan error, 1)
	go func() { ended <- start() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// What it runs ends with the context.
func watches(ctx context.Context, s *service) error {
	start := func() error { return s.work(ctx) }
	return run(start) // want `run goes on when ctx is done, unlike runContext`
}
