package dev.longshore.runtime;

import java.nio.file.Path;
import java.util.List;

/// Root file systems of containers, for who copies files in and out. Thread-safe.
public interface RootViews {

    /// That of a running container. It stays usable when the container ends meanwhile.
    ///
    /// @throws RuntimeFaultException when it does not run
    RootView running(String containerId);

    /// That of a container which does not run: its layers, mounted for as long as the view is open.
    ///
    /// @param lowerDirectories topmost first, in overlayfs form
    /// @param writableLayer has `upper` and `work`
    /// @param mounts what is mounted into it, where there is something to mount upon
    /// @throws RuntimeFaultException when it could not be mounted
    RootView resting(List<Path> lowerDirectories, Path writableLayer, List<ContainerSpec.Mount> mounts)
            throws InterruptedException;
}
