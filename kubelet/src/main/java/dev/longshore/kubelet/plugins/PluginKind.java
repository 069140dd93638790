package dev.longshore.kubelet.plugins;

import java.nio.file.Path;
import java.util.List;

/// What the kubelet does with plugins of one type. Called by one thread.
public interface PluginKind {

    /// As plugins say it: `CSIPlugin`, `DevicePlugin`, `DRAPlugin`.
    String type();

    /// Takes up the plugin `name`, which listens on `endpoint`.
    ///
    /// @throws PluginException when it cannot be used; it is tried again
    void register(String name, Path endpoint, List<String> versions) throws InterruptedException;

    /// The plugin is gone.
    void deregister(String name, Path endpoint);
}
