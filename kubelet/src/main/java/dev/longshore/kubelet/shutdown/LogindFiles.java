package dev.longshore.kubelet.shutdown;

import dev.longshore.linux.dbus.Logind;
import java.nio.file.Path;

/// Where the machine's logind is found.
///
/// @param bus the socket of the system bus
/// @param delay where logind is told to let itself be held up for longer; removed when the node stops
public record LogindFiles(Path bus, Path delay) {

    /// Where they usually are.
    public static final LogindFiles USUAL =
            new LogindFiles(Logind.SYSTEM_BUS, Path.of("/etc/systemd/logind.conf.d/99-longshore.conf"));
}
