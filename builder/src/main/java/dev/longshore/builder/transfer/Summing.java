package dev.longshore.builder.transfer;

import dev.longshore.builder.stage.SourceTree;
import java.io.IOException;
import java.security.MessageDigest;

/// Adds what is taken to a sum.
record Summing(SourceTree tree, boolean withOwners, MessageDigest sum) implements Walk.Visitor {

    @Override
    public void enter(String path, SourceTree.Entry directory) throws IOException {
        tree.digestOne(directory, path, withOwners, sum);
    }

    @Override
    public void file(String path, SourceTree.Entry file) throws IOException {
        tree.digestOne(file, path, withOwners, sum);
    }

    @Override
    public void leave(String path, SourceTree.Entry directory) {}
}
