package dev.longshore.builder.transfer;

import dev.longshore.builder.stage.SourceTree;
import dev.longshore.builder.stage.SourceTree.Entry;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Goes through what is taken of a directory, in the order of names. A directory that is only on the way to
/// something shows up when that does, and not at all if nothing does. For one thread, once.
final class Walk {

    private final SourceTree tree;
    private final Choice choice;
    private final Visitor visitor;
    private final Deque<Step> pending = new ArrayDeque<>();

    Walk(SourceTree tree, Choice choice, Visitor visitor) {
        this.tree = tree;
        this.choice = choice;
        this.visitor = visitor;
    }

    /// Hears of what is taken; paths are relative to where the walk began.
    interface Visitor {
        /// A directory, before what is in it.
        void enter(String path, Entry directory) throws IOException;

        /// Anything else.
        void file(String path, Entry file) throws IOException;

        /// A directory, after what is in it.
        void leave(String path, Entry directory) throws IOException;
    }

    private record Step(String path, Entry directory) {}

    /// Goes through all below `root`, which does not show up itself.
    void below(Entry root) throws IOException {
        below("", root);
    }

    private void below(String path, Entry directory) throws IOException {
        for (Entry child : tree.children(directory.path())) {
            String childPath = path.isEmpty() ? child.name() : path + "/" + child.name();
            boolean isTaken = choice.takes(childPath);
            if (isTaken) {
                catchUp();
            }
            if (!child.stat().isDirectory()) {
                if (isTaken) {
                    visitor.file(childPath, child);
                }
            } else if (isTaken || choice.mayTakeBelow(childPath)) {
                into(childPath, child, isTaken);
            }
        }
    }

    private void into(String path, Entry directory, boolean isTaken) throws IOException {
        var step = new Step(path, directory);
        if (isTaken) {
            visitor.enter(path, directory);
        } else {
            pending.addLast(step);
        }
        below(path, directory);
        if (!pending.removeLastOccurrence(step)) {
            visitor.leave(path, directory);
        }
    }

    private void catchUp() throws IOException {
        while (!pending.isEmpty()) {
            Step step = pending.removeFirst();
            visitor.enter(step.path(), step.directory());
        }
    }
}
