package hints

import (
	"context"
	"database/sql"
	"os/exec"
)

// What is prepared is run under the context.
func selects(ctx context.Context, db *sql.DB, tx *sql.Tx) (*sql.Rows, error) {
	plain, err := db.Prepare("select 1") // want `Prepare goes on when ctx is done`
	if err != nil {
		return nil, err
	}
	defer func() { _ = plain.Close() }()
	stmt := txStmtContext(ctx, tx, plain)
	return stmt.QueryContext(ctx)
}

// A transaction has its connection.
func inserts(ctx context.Context, tx *sql.Tx) (*sql.Stmt, error) {
	return tx.Prepare("insert into t values (1)") // want `Prepare knows nothing of ctx, unlike PrepareContext`
}

type instance struct{}

// Its context may well be done.
func (instance) Shutdown(ctx context.Context) error {
	return exec.Command("pg_ctl", "stop").Run() // want `exec.Command goes on when ctx is done`
}
