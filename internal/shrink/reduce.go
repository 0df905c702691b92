package shrink

// A pass's name, under which its attempts are counted.
const (
	labelReplay   = "replay"
	labelChunk    = "chunk"
	labelSingle   = "single"
	labelPair     = "pair"
	labelRename   = "rename"
	labelSimplify = "simplify"
	labelReplace  = "replace"
	labelReorder  = "reorder"
	labelRun      = "run"
)

// Attempt tells whether a candidate will do. If it does, Attempt returns what
// to go on with: the candidate, or something shorter that is known to do as
// well.
type Attempt[T any] func(label string, candidate []T) ([]T, bool)

// Reduce takes items out of a list as long as what is left will do: chunks of
// half the list, of a quarter, and so on; single items; pairs of items. No
// single item and no pair of items can be taken out of its result.
//
// For n items of which k are left it makes at most 2n attempts with chunks,
// and k + k(k-1)/2 that show that nothing more can go; between them, at most
// k + k(k-1)/2 for each time that singles or pairs get something out, which is
// rarely more than a few times. Candidates may repeat: an attempt that
// remembers them saves work.
func Reduce[T any](items []T, try Attempt[T]) []T {
	return fine(coarse(items, try), try)
}

// coarse gets most out: no single item can be taken out of its result.
func coarse[T any](items []T, try Attempt[T]) []T {
	for size := len(items) / 2; size > 1; size = min(size, len(items)) / 2 {
		items = chunks(items, size, try)
	}
	return singles(items, try)
}

// fine gets out what goes in pairs only.
func fine[T any](items []T, try Attempt[T]) []T {
	for {
		items = singles(items, try)
		shorter, ok := pair(items, try)
		if !ok {
			return items
		}
		items = shorter
	}
}

// chunks goes from the end to the start: what comes late tends to depend on
// what comes early.
func chunks[T any](items []T, size int, try Attempt[T]) []T {
	for hi := len(items); hi > 0; {
		lo := max(0, hi-size)
		if shorter, ok := try(labelChunk, without(items, lo, hi)); ok {
			items = shorter
			hi = min(lo, len(items))
		} else {
			hi = lo
		}
	}
	return items
}

// singles goes round until no single item can be taken out.
func singles[T any](items []T, try Attempt[T]) []T {
	i := len(items) - 1
	for failed := 0; failed < len(items); {
		if i < 0 || i >= len(items) {
			i = len(items) - 1
		}
		if shorter, ok := try(labelSingle, without(items, i, i+1)); ok {
			items, failed = shorter, 0
		} else {
			failed++
		}
		i--
	}
	return items
}

// pair takes out the first two items that can be taken out together.
func pair[T any](items []T, try Attempt[T]) ([]T, bool) {
	for i := len(items) - 1; i > 0; i-- {
		for j := i - 1; j >= 0; j-- {
			if shorter, ok := try(labelPair, without(without(items, i, i+1), j, j+1)); ok {
				return shorter, true
			}
		}
	}
	return items, false
}

// without returns a copy of the list that lacks items lo to hi-1.
func without[T any](items []T, lo, hi int) []T {
	rest := make([]T, 0, len(items)-(hi-lo))
	return append(append(rest, items[:lo]...), items[hi:]...)
}
