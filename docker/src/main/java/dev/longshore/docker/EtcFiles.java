package dev.longshore.docker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files of /etc that the engine writes for a container. Written in place, for a running container has them
/// mounted one by one.
record EtcFiles(Path directory) {

    private static final String LOCAL = """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;
    private static final String HOST_GATEWAY = "host-gateway";

    Path hosts() {
        return directory.resolve("hosts");
    }

    Path hostname() {
        return directory.resolve("hostname");
    }

    Path resolver() {
        return directory.resolve("resolv.conf");
    }

    /// Writes them.
    ///
    /// @param addresses of the container
    /// @param nameServer the node's own
    /// @param gateway what `host-gateway` stands for; empty when nobody knows
    /// @param linked further lines of /etc/hosts
    void write(ContainerConfig config, List<String> addresses, String nameServer, String gateway, List<String> linked)
            throws IOException {
        Files.createDirectories(directory);
        Files.writeString(hostname(), config.hostname() + "\n");
        Files.writeString(hosts(), hosts(config, addresses, gateway, linked));
        Files.writeString(resolver(), resolver(config, nameServer));
    }

    private static String hosts(ContainerConfig config, List<String> addresses, String gateway, List<String> linked)
            throws IOException {
        var text = new StringBuilder(config.isOnHostNetwork() ? hostFile("/etc/hosts") : LOCAL);
        for (String entry : config.hostList("ExtraHosts")) {
            int split = split(entry);
            String address = entry.substring(split + 1).replaceAll("^\\[|\\]$", "");
            text.append(address.equals(HOST_GATEWAY) ? gateway : address)
                    .append('\t')
                    .append(entry, 0, split)
                    .append('\n');
        }
        linked.forEach(line -> text.append(line).append('\n'));
        String name = config.domainname().isEmpty()
                ? config.hostname()
                : config.hostname() + "." + config.domainname() + " " + config.hostname();
        addresses.forEach(
                address -> text.append(address).append('\t').append(name).append('\n'));
        return text.toString();
    }

    /// Where the name ends in `NAME:ADDRESS` or `NAME=ADDRESS`.
    static int split(String entry) {
        int equals = entry.indexOf('=');
        return equals >= 0 ? equals : entry.indexOf(':');
    }

    private static String resolver(ContainerConfig config, String nameServer) throws IOException {
        String host = hostFile("/etc/resolv.conf");
        List<String> servers = config.hostList("Dns");
        List<String> searches = config.hostList("DnsSearch");
        List<String> options = config.hostList("DnsOptions");
        if (config.isOnHostNetwork() && servers.isEmpty() && searches.isEmpty() && options.isEmpty()) {
            return host;
        }
        var text = new StringBuilder();
        for (String server : servers.isEmpty() ? List.of(nameServer) : servers) {
            text.append("nameserver ").append(server).append('\n');
        }
        List<String> domains = searches.isEmpty() ? words(host, "search") : searches;
        if (!domains.isEmpty() && !domains.equals(List.of("."))) {
            text.append("search ").append(String.join(" ", domains)).append('\n');
        }
        if (!options.isEmpty()) {
            text.append("options ").append(String.join(" ", options)).append('\n');
        }
        return text.toString();
    }

    private static List<String> words(String text, String keyword) {
        var words = new ArrayList<String>();
        text.lines().filter(line -> line.startsWith(keyword + " ")).forEach(line -> {
            words.clear();
            words.addAll(List.of(line.substring(keyword.length()).strip().split("\\s+")));
        });
        return words;
    }

    private static String hostFile(String file) throws IOException {
        return Files.exists(Path.of(file)) ? Files.readString(Path.of(file)) : "";
    }
}
