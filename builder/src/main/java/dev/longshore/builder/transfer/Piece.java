package dev.longshore.builder.transfer;

import dev.longshore.builder.stage.SourceTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// One thing that a COPY or ADD puts into the image.
public sealed interface Piece {

    /// True for what is in a directory, false for a file.
    boolean isDirectory();

    /// Adds to `sum` all that decides what the image gets.
    ///
    /// @param isNamed whether a file's own name counts
    void digest(MessageDigest sum, boolean isNamed) throws IOException;

    /// The files themselves, fetched if need be.
    Files files() throws IOException, InterruptedException;

    /// A file, or what is in a directory.
    ///
    /// @param tree where it is
    /// @param entry the file or directory, links followed
    /// @param choice what is taken of a directory
    /// @param unpacks whether it is unpacked if it is an archive
    /// @param keepsOwners whether files belong to whom they belong to there, if the instruction does not say
    record Files(SourceTree tree, SourceTree.Entry entry, Choice choice, boolean unpacks, boolean keepsOwners)
            implements Piece {

        @Override
        public boolean isDirectory() {
            return entry.stat().isDirectory();
        }

        @Override
        public Files files() {
            return this;
        }

        @Override
        public void digest(MessageDigest sum, boolean isNamed) throws IOException {
            sum.update((byte) (unpacks ? 'u' : 'p'));
            tree.digestOne(entry, isDirectory() || !isNamed ? "" : entry.name(), keepsOwners, sum);
            if (isDirectory()) {
                new Walk(tree, choice, new Summing(tree, keepsOwners, sum)).below(entry);
            }
        }

        /// True if nothing in the directory is taken.
        public boolean isEmpty() throws IOException {
            var looking = new Looking();
            new Walk(tree, choice, looking).below(entry);
            return !looking.hasFound();
        }
    }

    /// Something that is fetched only when no earlier build has it in its place.
    ///
    /// @param meaning says all that decides what is fetched
    /// @param name of the file; empty for a directory
    record Late(String meaning, String name, Fetching fetching) implements Piece {

        /// Brings files here.
        @FunctionalInterface
        public interface Fetching {
            /// The files.
            Files fetch() throws IOException, InterruptedException;
        }

        @Override
        public boolean isDirectory() {
            return name.isEmpty();
        }

        @Override
        public void digest(MessageDigest sum, boolean isNamed) {
            String all = "late " + meaning + "\n" + (isNamed ? name : "") + "\n";
            sum.update(all.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public Files files() throws IOException, InterruptedException {
            return fetching.fetch();
        }
    }
}
