package dev.longshore.builder.transfer;

import dev.longshore.builder.stage.SourceTree;

/// Sees whether anything is taken.
final class Looking implements Walk.Visitor {

    private boolean hasFound;

    boolean hasFound() {
        return hasFound;
    }

    @Override
    public void enter(String path, SourceTree.Entry directory) {
        hasFound = true;
    }

    @Override
    public void file(String path, SourceTree.Entry file) {
        hasFound = true;
    }

    @Override
    public void leave(String path, SourceTree.Entry directory) {}
}
