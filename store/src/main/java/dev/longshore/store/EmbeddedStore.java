package dev.longshore.store;

import java.nio.file.Path;

/// A store that lives in this process.
public interface EmbeddedStore extends Store {

    /// Writes a consistent copy into the directory `target`, which must not exist; writers go on meanwhile.
    /// Cheap on the same file system, where files are linked. [Stores#restore] reads it.
    ///
    /// @throws StoreException with [StoreFault.Invalid] for a store in memory
    void snapshot(Path target);
}
