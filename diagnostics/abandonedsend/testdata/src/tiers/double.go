package tiers

// fakeLoader stands for a loader in tests.
type fakeLoader struct{ late chan struct{} }

func (f *fakeLoader) load(work func() error) error {
	done := make(chan error)
	go func() {
		done <- work() // want `goroutine can block for ever as it wants to send to done: its receiver can leave first`
	}()
	select {
	case err := <-done:
		return err
	case <-f.late:
		return nil
	}
}
