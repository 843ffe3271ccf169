package ok

type job struct {
	work  func() string
	watch bool
}

// Enter tells in the background only if it is to be watched.
func Enter(j *job) (bool, <-chan string) {
	told := make(chan string)
	j.enter(told)
	return true, told
}

func (j *job) enter(told chan<- string) { enter(j, told) }

func enter(j *job, told chan<- string) {
	if j.watch {
		go func() { told <- j.work() }()
		return
	}
	j.work()
}

func quietly(j *job) bool {
	j.watch = false
	begun, _ := Enter(j)
	return begun
}

func watched(j *job) string {
	_, told := Enter(j)
	return <-told
}
