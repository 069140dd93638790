package dev.longshore.apiserver.objects;

import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import java.util.Optional;
import java.util.function.BiPredicate;

/// An immutable map in the order of its keys: a change makes another tree, which shares all but O(log n) nodes
/// with this one. So whoever holds a tree holds a picture of one moment, for as long as it likes, and nobody
/// waits for it.
///
/// ```
///            m                 m'          with(p):
///          /   \             /   \         the path to p is new,
///         c     s     ►     c     s'       everything beside it is shared
///              / \               / \
///             o   u             o'  u
///                                \
///                                 p
/// ```
///
/// A weight-balanced tree: no side is more than [#BALANCE] times as heavy as the other. The weights also count
/// the keys of a range, in O(log n).
final class SortedTree<V> {

    private static final int BALANCE = 3;
    private static final SortedTree<?> EMPTY = new SortedTree<>(null);

    /// Null for the empty tree: nodes are what there are most of, and they do not leave this class.
    private final Node<V> root;

    private SortedTree(Node<V> root) {
        this.root = root;
    }

    @SuppressWarnings("unchecked")
    static <V> SortedTree<V> empty() {
        return (SortedTree<V>) EMPTY;
    }

    int size() {
        return size(root);
    }

    Optional<V> get(Key key) {
        Node<V> node = root;
        while (node != null) {
            int order = key.compareTo(node.key);
            if (order == 0) {
                return Optional.of(node.value);
            }
            node = order < 0 ? node.left : node.right;
        }
        return Optional.empty();
    }

    SortedTree<V> with(Key key, V value) {
        return new SortedTree<>(put(root, key, value));
    }

    SortedTree<V> without(Key key) {
        return get(key).isEmpty() ? this : new SortedTree<>(remove(root, key));
    }

    /// How many keys lie in `range`.
    int count(KeyRange range) {
        int below = range.end().map(end -> rank(root, end)).orElse(size());
        return Math.max(0, below - rank(root, range.start()));
    }

    /// Shows what lies in `range` to `visitor`, in order, until that answers false.
    void forEach(KeyRange range, BiPredicate<Key, V> visitor) {
        visit(root, range, visitor);
    }

    private static <V> boolean visit(Node<V> node, KeyRange range, BiPredicate<Key, V> visitor) {
        if (node == null) {
            return true;
        }
        boolean isFromStart = node.key.compareTo(range.start()) >= 0;
        boolean isBeforeEnd =
                range.end().isEmpty() || node.key.compareTo(range.end().get()) < 0;
        if (isFromStart && !visit(node.left, range, visitor)) {
            return false;
        }
        if (isFromStart && isBeforeEnd && !visitor.test(node.key, node.value)) {
            return false;
        }
        return !isBeforeEnd || visit(node.right, range, visitor);
    }

    /// How many keys come before `key`.
    private static <V> int rank(Node<V> node, Key key) {
        int before = 0;
        Node<V> at = node;
        while (at != null) {
            if (at.key.compareTo(key) < 0) {
                before += size(at.left) + 1;
                at = at.right;
            } else {
                at = at.left;
            }
        }
        return before;
    }

    private static <V> Node<V> put(Node<V> node, Key key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int order = key.compareTo(node.key);
        if (order == 0) {
            return new Node<>(node.key, value, node.left, node.right);
        }
        return order < 0
                ? balanced(node, put(node.left, key, value), node.right)
                : balanced(node, node.left, put(node.right, key, value));
    }

    private static <V> Node<V> remove(Node<V> node, Key key) {
        int order = key.compareTo(node.key);
        if (order < 0) {
            return balanced(node, remove(node.left, key), node.right);
        }
        if (order > 0) {
            return balanced(node, node.left, remove(node.right, key));
        }
        if (node.left == null) {
            return node.right;
        }
        if (node.right == null) {
            return node.left;
        }
        Node<V> next = first(node.right);
        return balanced(next, node.left, withoutFirst(node.right));
    }

    private static <V> Node<V> first(Node<V> node) {
        Node<V> at = node;
        while (at.left != null) {
            at = at.left;
        }
        return at;
    }

    private static <V> Node<V> withoutFirst(Node<V> node) {
        return node.left == null ? node.right : balanced(node, withoutFirst(node.left), node.right);
    }

    /// The entry of `top` over `left` and `right`, turned if one of them is too heavy by one change.
    private static <V> Node<V> balanced(Node<V> top, Node<V> left, Node<V> right) {
        if (weight(right) > BALANCE * weight(left)) {
            return weight(right.left) < 2 * weight(right.right)
                    ? join(right, join(top, left, right.left), right.right)
                    : join(right.left, join(top, left, right.left.left), join(right, right.left.right, right.right));
        }
        if (weight(left) > BALANCE * weight(right)) {
            return weight(left.right) < 2 * weight(left.left)
                    ? join(left, left.left, join(top, left.right, right))
                    : join(left.right, join(left, left.left, left.right.left), join(top, left.right.right, right));
        }
        return join(top, left, right);
    }

    private static <V> Node<V> join(Node<V> entry, Node<V> left, Node<V> right) {
        return new Node<>(entry.key, entry.value, left, right);
    }

    private static int size(Node<?> node) {
        return node == null ? 0 : node.size;
    }

    private static int weight(Node<?> node) {
        return size(node) + 1;
    }

    private static final class Node<V> {
        final Key key;
        final V value;
        final Node<V> left;
        final Node<V> right;
        final int size;

        Node(Key key, V value, Node<V> left, Node<V> right) {
            this.key = key;
            this.value = value;
            this.left = left;
            this.right = right;
            this.size = SortedTree.size(left) + SortedTree.size(right) + 1;
        }
    }
}
