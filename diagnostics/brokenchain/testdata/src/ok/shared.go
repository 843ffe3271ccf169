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

type mailer interface {
	stopping(ctx context.Context) error
}

// So do other forms of the word.
func ends(ctx context.Context, m mailer) error {
	if err := use(ctx); err != nil {
		return err
	}
	return m.stopping(context.Background())
}

type issuer struct{ c *http.Client }

// What failed is taken away again.
func (i *issuer) run(ctx context.Context, name string) error {
	if err := i.create(ctx, name); err != nil {
		i.forceJobDelete(context.TODO(), name)
		return err
	}
	return nil
}

func (i *issuer) create(ctx context.Context, name string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, "https://example.com/"+name, nil)
	if err != nil {
		return err
	}
	_, err = i.c.Do(req)
	return err
}

func (i *issuer) forceJobDelete(ctx context.Context, name string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, "https://example.com/"+name, nil)
	if err != nil {
		return
	}
	_, _ = i.c.Do(req)
}

// The comment says why.
func (i *issuer) open(ctx context.Context) error {
	// the same session serves all requests, so we pass context.Background() here
	return i.create(context.Background(), "session")
}
