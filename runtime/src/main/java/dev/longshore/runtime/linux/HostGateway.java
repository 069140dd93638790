package dev.longshore.runtime.linux;

import dev.longshore.linux.Commands;
import java.nio.file.Path;
import java.util.Optional;

/// The address at which the processes of a network namespace reach the host: its default route's.
final class HostGateway {

    /// Where a step without a network of its own finds what there is.
    static final String LOOPBACK = "127.0.0.1";

    private static final String VIA = "default via ";

    private HostGateway() {}

    /// Of the namespace at `namespace`; [#LOOPBACK] if it has no way out.
    static String of(Path namespace, Commands commands) throws InterruptedException {
        Commands.Result result =
                commands.run(Commands.Command.of("nsenter", "--net=" + namespace, "ip", "route", "show", "default"));
        return result.exitCode() == 0 ? read(result.out()).orElse(LOOPBACK) : LOOPBACK;
    }

    /// What `ip route` says.
    static Optional<String> read(String routes) {
        return routes.lines()
                .filter(line -> line.startsWith(VIA))
                .map(line -> line.substring(VIA.length()).split(" ", 2)[0])
                .findFirst();
    }
}
