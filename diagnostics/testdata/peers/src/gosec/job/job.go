// Package job is started by others.
package job

import "context"

type Job struct{ Stop context.CancelFunc }

func use(ctx context.Context) error { return ctx.Err() }

// peers FP-20: the struct that is returned has it.
func New(p context.Context) *Job {
	c, stop := context.WithCancel(p)
	go func() { <-c.Done() }()
	return &Job{Stop: stop}
}

// peers FP-21: another package calls the field.
func Start(ctx context.Context, j *Job) error {
	var c context.Context
	c, j.Stop = context.WithCancel(ctx)
	return use(c)
}
