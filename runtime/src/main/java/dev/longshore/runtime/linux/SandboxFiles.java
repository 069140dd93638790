package dev.longshore.runtime.linux;

import dev.longshore.runtime.ContainerSpec;
import dev.longshore.runtime.SandboxSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The files of a sandbox that its containers see in /etc, and the directory behind their /dev/shm.
record SandboxFiles(Path directory) {

    private static final List<String> NAMES = List.of("hosts", "hostname", "resolv.conf");

    /// Writes them; with the host's network they are the host's, but for the name servers if some are asked
    /// for.
    void write(SandboxSpec spec, List<String> addresses) {
        StateFile.createDirectories(sharedMemory());
        if (spec.hostNetwork()) {
            StateFile.writeText(directory.resolve("hosts"), host("/etc/hosts"));
            StateFile.writeText(directory.resolve("hostname"), host("/etc/hostname"));
        } else {
            StateFile.writeText(directory.resolve("hosts"), hosts(spec, addresses));
            StateFile.writeText(directory.resolve("hostname"), spec.hostname() + "\n");
        }
        StateFile.writeText(directory.resolve("resolv.conf"), resolver(spec.dns()));
    }

    Path sharedMemory() {
        return directory.resolve("shm");
    }

    List<ContainerSpec.Mount> mounts(boolean readOnly) {
        return NAMES.stream()
                .map(name -> ContainerSpec.Mount.bind(directory.resolve(name), "/etc/" + name, readOnly))
                .toList();
    }

    private static String hosts(SandboxSpec spec, List<String> addresses) {
        var text = new StringBuilder("""
                127.0.0.1\tlocalhost
                ::1\tlocalhost ip6-localhost ip6-loopback
                fe00::0\tip6-localnet
                fe00::0\tip6-mcastprefix
                fe00::1\tip6-allnodes
                fe00::2\tip6-allrouters
                """);
        addresses.forEach(address ->
                text.append(address).append('\t').append(spec.hostname()).append('\n'));
        return text.toString();
    }

    static String resolver(SandboxSpec.DnsConfig dns) {
        if (dns.servers().isEmpty() && dns.searches().isEmpty() && dns.options().isEmpty()) {
            return host("/etc/resolv.conf");
        }
        var text = new StringBuilder();
        if (!dns.searches().isEmpty()) {
            text.append("search ").append(String.join(" ", dns.searches())).append('\n');
        }
        dns.servers()
                .forEach(server -> text.append("nameserver ").append(server).append('\n'));
        if (!dns.options().isEmpty()) {
            text.append("options ").append(String.join(" ", dns.options())).append('\n');
        }
        return text.toString();
    }

    private static String host(String file) {
        try {
            return Files.exists(Path.of(file)) ? Files.readString(Path.of(file)) : "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
