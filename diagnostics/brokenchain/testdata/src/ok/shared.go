package ok

import (
	"context"
	"net/http"

	"ok/plans"
)

type executer interface{ execute() (any, error) }

type executerFunc func() (any, error)

func (f executerFunc) execute() (any, error) { return f() }

type batcher interface {
	batchFor(ctx context.Context, key string, exec executer) (any, error)
}

// Who asks first asks for all that wait: what runs the object, and when, isn't
// seen.
func batched(ctx context.Context, b batcher, s store) (any, error) {
	return b.batchFor(ctx, "a", executerFunc(func() (any, error) {
		return s.Get(context.Background(), "a")
	}))
}

// What implements the interface reads values.
func plansFor(w http.ResponseWriter, r *http.Request, c plans.Checks) error {
	if err := use(r.Context()); err != nil {
		return err
	}
	return c.Check(plans.NewContext(context.Background()))
}

// The comment says what goes on.
func starts(w http.ResponseWriter, r *http.Request, s store) {
	// The backup continues when the request is over.
	//nolint:gosec
	go s.Delete(context.Background(), "a")
}

type tracked struct{ context.Context }

func tracks(ctx context.Context, name string) *tracked { return &tracked{ctx} }

// Detached is there to do this.
func Detached(ctx context.Context) *tracked {
	name, _ := ctx.Value("name").(string)
	return tracks(context.Background(), name)
}

type mailer interface{ stopping(ctx context.Context) error }

// So do other forms of the word.
func ends(ctx context.Context, m mailer) error {
	if err := use(ctx); err != nil {
		return err
	}
	return m.stopping(context.Background())
}
