// Package nearest finds the name that a misspelt one was meant to be.
package nearest

// Name returns the known name that is nearest to name by edit distance, or ""
// when known is empty. Of equally near ones it returns the first.
func Name(name string, known []string) string {
	best, distance := "", 0
	for _, k := range known {
		if d := editDistance(name, k); best == "" || d < distance {
			best, distance = k, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance in bytes: all names are ASCII.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substitute := diagonal
			if a[i] != b[j] {
				substitute++
			}
			diagonal = row[j+1]
			row[j+1] = min(row[j]+1, row[j+1]+1, substitute)
		}
	}
	return row[len(b)]
}
