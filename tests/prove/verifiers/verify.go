// Verifies a log's checkpoints, cosignatures and proofs with golang.org/x/mod/sumdb, as Debian packages it.
// Reads cases as JSON lines, writes one line for each: true where it is accepted.
package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type testCase struct {
	Kind, Note, Earlier, Key, Leaf string
	Index                          int64
	Hashes                         []string
}

// witness is a note.Verifier for cosignature/v1, whose key has the type byte 4.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }
func (w witness) Verify(msg, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return ed25519.Verify(w.key, []byte(fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, msg)), sig[8:])
}

func newWitness(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("no key")
	}
	raw, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(raw) != 33 || raw[0] != 4 {
		return nil, fmt.Errorf("no witness key")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] {
		return nil, fmt.Errorf("wrong id")
	}
	return witness{parts[0], hash, raw[1:]}, nil
}

func opened(c testCase, text string) (tlog.Tree, error) {
	parse := note.NewVerifier
	if c.Kind == "cosignature" {
		parse = newWitness
	}
	verifier, err := parse(c.Key)
	if err != nil {
		return tlog.Tree{}, err
	}
	read, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(read.Text, "\n")
	if len(lines) != 4 {
		return tlog.Tree{}, fmt.Errorf("no checkpoint")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("no size")
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

func hashes(texts []string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, text := range texts {
		hash, err := tlog.ParseHash(text)
		if err != nil {
			return nil, err
		}
		found = append(found, hash)
	}
	return found, nil
}

func check(c testCase) error {
	proof, err := hashes(c.Hashes)
	if err != nil {
		return err
	}
	switch c.Kind {
	case "checkpoint", "cosignature":
		_, err = opened(c, c.Note)
		return err
	case "inclusion":
		tree, err := opened(c, c.Note)
		if err != nil {
			return err
		}
		leaf, err := base64.StdEncoding.DecodeString(c.Leaf)
		if err != nil {
			return err
		}
		return tlog.CheckRecord(tlog.RecordProof(proof), tree.N, tree.Hash, c.Index, tlog.RecordHash(leaf))
	default:
		first, err := opened(c, c.Earlier)
		if err != nil {
			return err
		}
		second, err := opened(c, c.Note)
		if err != nil {
			return err
		}
		return tlog.CheckTree(tlog.TreeProof(proof), second.N, second.Hash, first.N, first.Hash)
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	for lines.Scan() {
		var c testCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			panic(err)
		}
		fmt.Println(check(c) == nil)
	}
}
