package explore

import (
	"math/rand/v2"
	"testing"

	"dmafuzz/model"
)

// A table is a map of keys to what they were first inserted with.
func TestTableIsAMap(t *testing.T) {
	type origin struct {
		ref    ref
		parent ref
		event  model.EventID
	}
	for words := 1; words <= len(model.PackedState{}); words++ {
		for _, keys := range []uint64{3, 40, 3000, 60_000} {
			rng := rand.New(rand.NewPCG(keys, uint64(words)))
			table, want := newTable(words), map[model.PackedState]origin{}
			for range 3 * keys {
				k := draw(rng, words, keys)
				h := hashKey(&k)
				old, had := want[k]
				if r, ok := table.find(h, &k); ok != had || ok && r != old.ref {
					t.Fatalf("%d words: find(%x) = %d, %v, want %d, %v", words, k, r, ok, old.ref, had)
				}
				parent, event := ref(rng.Uint32()), model.EventID(rng.UintN(model.NumEvents))
				r, added := table.insert(h, &k, parent, event, 0)
				if added == had || had && r != old.ref {
					t.Fatalf("%d words: insert(%x) = %d, %v, want %d, %v", words, k, r, added, old.ref, !had)
				}
				if added {
					want[k] = origin{r, parent, event}
				}
			}
			n := 0
			for i := range table.shards {
				s := &table.shards[i]
				n += int(s.count)
				if len(s.slots) > 0 && int(s.count) >= len(s.slots) {
					t.Errorf("shard %d has no empty slot: %d of %d", i, s.count, len(s.slots))
				}
			}
			if n != len(want) {
				t.Errorf("%d words: %d keys, want %d", words, n, len(want))
			}
			for k, w := range want {
				parent, event, _ := table.origin(w.ref)
				if got := table.key(w.ref); got != k || parent != w.parent || event != w.event {
					t.Fatalf("state %d is %x from %d, %d; want %x from %d, %d", w.ref, got, parent, event, k, w.parent, w.event)
				}
			}
			findAllAgrees(t, table, rng, keys)
		}
	}
}

// draw takes neighbouring keys, as packed states are, in all words.
func draw(rng *rand.Rand, words int, keys uint64) (k model.PackedState) {
	n := rng.Uint64N(keys)
	for i := range words {
		k[i] = n * []uint64{1, 1 << 40, 0, 1 << 20, 3, 1 << 63}[i]
		n = max(1, n%7)
	}
	return k
}

func findAllAgrees(t *testing.T, table *table, rng *rand.Rand, keys uint64) {
	t.Helper()
	for range 100 {
		list := make([]candidate, rng.IntN(lookLen+1))
		for i := range list {
			k := draw(rng, table.words, 2*keys)
			list[i] = candidate{key: k, hash: hashKey(&k)}
		}
		in := table.findAll(list)
		for i := range list {
			if _, ok := table.find(list[i].hash, &list[i].key); ok != in[i] {
				t.Fatalf("findAll says %v of %x, find %v", in[i], list[i].key, ok)
			}
		}
	}
}

// Of keys that differ in one word, whichever it is, each is a state of its own:
// for every table and search of keys, and for the sum of a certificate.
func TestTableTellsEveryWord(t *testing.T) {
	for words := 1; words <= len(model.PackedState{}); words++ {
		table, sums, hashes := newTable(words), map[Sum]int{}, map[uint64]int{}
		var base model.PackedState
		for i := range words {
			base[i] = uint64(i+1) << 33
		}
		const h = 0x1234_5678_9abc_def0 // one slot for all, so that only the keys tell them apart
		keys := []model.PackedState{base}
		for i := range words {
			for _, bit := range []uint{0, 31, 63} {
				k := base
				k[i] ^= 1 << bit
				keys = append(keys, k)
			}
		}
		for n, k := range keys {
			if _, ok := table.find(h, &k); ok {
				t.Errorf("%d words: key %d, %x, is taken for another", words, n, k)
			}
			if table.findAll([]candidate{{key: k, hash: h}})[0] {
				t.Errorf("%d words: findAll takes key %d, %x, for another", words, n, k)
			}
			s := &table.shards[shardOf(h)]
			if len(s.slots) == 0 {
				s.slots = make([]uint32, 128) // grow would go by the keys' own hashes
			}
			if _, added := table.insert(h, &k, 0, 0, 0); !added {
				t.Errorf("%d words: key %d, %x, is not inserted", words, n, k)
			}
			sums[sumKey(&k)], hashes[hashKey(&k)] = n, n
		}
		if len(sums) != len(keys) || len(hashes) != len(keys) {
			t.Errorf("%d words: %d keys have %d sums and %d hashes", words, len(keys), len(sums), len(hashes))
		}
	}
}

// Keys whose hashes are equal in shard, slot and tag are kept apart.
func TestTableCollisions(t *testing.T) {
	table := newTable(3)
	const h = 0x1234_5678_9abc_def0
	for n := range uint64(5000) {
		k := model.PackedState{n % 17, n / 17 % 18, n / 17 / 18}
		if _, ok := table.find(h, &k); ok {
			t.Fatalf("key %d is there before its time", n)
		}
		s := &table.shards[shardOf(h)]
		// grow would put the key where its own hash says, so make room first.
		if len(s.slots) < 8192 {
			s.slots = make([]uint32, 8192)
		}
		if r, added := table.insert(h, &k, 0, 0, 0); !added || uint64(r&number) != n {
			t.Fatalf("key %d: state %d, %v", n, r, added)
		}
	}
	for n := range uint64(5000) {
		k := model.PackedState{n % 17, n / 17 % 18, n / 17 / 18}
		list := []candidate{{key: k, hash: h}}
		if r, ok := table.find(h, &k); !ok || uint64(r&number) != n || !table.findAll(list)[0] {
			t.Fatalf("key %d is lost", n)
		}
	}
}

func TestTableMemory(t *testing.T) {
	table := newTable(3)
	for n := range uint64(600_000) {
		k := model.PackedState{n}
		table.insert(hashKey(&k), &k, 0, 0, 0)
		if n < 200_000 || n%10_000 != 0 {
			continue
		}
		if per := float64(table.bytes()) / float64(n+1); per > 24+16 {
			t.Errorf("%d states: %.1f bytes a state, want at most the key and 16", n, per)
		}
	}
}

// The sum of a certificate is fixed: tests elsewhere and other programs rely on it.
func TestSumIsFixed(t *testing.T) {
	a, b := model.PackedState{}, model.PackedState{1, 2, 3}
	x, y := sumKey(&a), sumKey(&b)
	var ab, ba Sum
	ab.add(x)
	ab.add(y)
	ba.add(y)
	ba.add(x)
	if ab != ba {
		t.Errorf("the order matters: %s, %s", ab, ba)
	}
	if got, want := x.String()+" "+y.String(), sumsWanted; got != want {
		t.Errorf("sums %s, want %s", got, want)
	}
	carry := Sum{0, 1<<64 - 1}
	carry.add(Sum{0, 1})
	if carry != (Sum{1, 0}) {
		t.Errorf("no carry: %s", carry)
	}
}

// Computed outside of Go, from the comment of sumKey.
const sumsWanted = "c1b9ef75b8473aa6c38c1d6438d1ca96 88f473e5e186d66e1e58775bc8132434"
