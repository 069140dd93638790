package dev.longshore.images.registry.config;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.images.registry.RegistryLimits;
import dev.longshore.images.registry.access.AccessControl;
import dev.longshore.images.registry.access.AccessRules;
import dev.longshore.images.registry.access.Action;
import dev.longshore.images.registry.access.RepositoryPattern;
import dev.longshore.images.registry.bucket.BucketSettings;
import dev.longshore.images.registry.retention.RetentionRules;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads a [RegistryConfig] from YAML. Paths in it are relative to the file.
public final class RegistryConfigFile {

    private static final int LAST_PORT = 65_535;

    private final Path directory;

    private RegistryConfigFile(Path directory) {
        this.directory = directory;
    }

    /// What `file` says.
    ///
    /// @throws IllegalArgumentException when it cannot be read or says something that makes no sense; the message
    /// names file, place and cause in one line
    public static RegistryConfig read(Path file) {
        try {
            var tree = Yaml.parse(Files.readString(file));
            Path parent = file.toAbsolutePath().getParent();
            return new RegistryConfigFile(parent).read(new Fields("", tree));
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(file + ": cannot be read: " + unreadable.getMessage(), unreadable);
        } catch (Json.MalformedException notYaml) {
            throw new IllegalArgumentException(file + ": is not YAML: " + notYaml.getMessage(), notYaml);
        } catch (IllegalArgumentException | ArithmeticException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    private RegistryConfig read(Fields fields) {
        fields.only(
                "listen",
                "auth",
                "rules",
                "limits",
                "retention",
                "sweep-every",
                "upstreams",
                "fresh-for",
                "mirrors",
                "insecure",
                "storage");
        Fields auth = fields.at("auth").only("htpasswd", "method", "service", "loopback");
        if (!fields.has("auth") && fields.has("rules")) {
            throw fields.wrong("rules need auth.htpasswd");
        }
        return new RegistryConfig(
                fields.has("listen") ? Optional.of(listen(fields.at("listen"))) : Optional.empty(),
                fields.has("auth") ? Optional.of(auth(auth, fields.each("rules"))) : Optional.empty(),
                auth.flag("loopback"),
                limits(fields.at("limits")),
                retention(fields.at("retention")),
                fields.age("sweep-every").orElse(RegistryConfig.DEFAULT.sweepEvery()),
                Set.copyOf(fields.texts("upstreams")),
                fields.age("fresh-for").orElse(RegistryConfig.DEFAULT.fresh()),
                mirrors(fields.at("mirrors")),
                Set.copyOf(fields.texts("insecure")),
                fields.has("storage") ? Optional.of(bucket(fields.at("storage"))) : Optional.empty());
    }

    private RegistryConfig.Listen listen(Fields fields) {
        fields.only("address", "certificate", "key", "names", "public-url");
        String address = fields.required("address");
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > LAST_PORT) {
            throw fields.wrong("address is HOST:PORT, as 0.0.0.0:5443, not \"" + address + "\"");
        }
        String host = address.substring(0, colon).replaceAll("[\\[\\]]", "");
        return new RegistryConfig.Listen(
                new InetSocketAddress(host, Integer.parseInt(port)),
                fields.text("certificate").map(this::path),
                fields.text("key").map(this::path),
                fields.texts("names"),
                fields.text("public-url").map(text -> url(fields, text)));
    }

    private RegistryConfig.Auth auth(Fields fields, List<Fields> rules) {
        var all = new ArrayList<AccessRules.Rule>();
        for (Fields rule : rules) {
            all.add(rule(rule.only("users", "repositories", "actions")));
        }
        if (rules.isEmpty()) {
            all.add(new AccessRules.Rule(
                    Set.of(AccessRules.EVERY_USER), new RepositoryPattern("**"), EnumSet.of(Action.PULL, Action.PUSH)));
        }
        AccessControl.Method method =
                switch (fields.text("method").orElse("token")) {
                    case "token" -> AccessControl.Method.TOKEN;
                    case "basic" -> AccessControl.Method.BASIC;
                    default -> throw fields.wrong("method is token or basic");
                };
        return new RegistryConfig.Auth(
                path(fields.required("htpasswd")),
                method,
                fields.text("service").orElse("longshore-registry"),
                new AccessRules(all));
    }

    private static AccessRules.Rule rule(Fields fields) {
        var actions = EnumSet.noneOf(Action.class);
        for (String action : fields.texts("actions")) {
            switch (action) {
                case "pull" -> actions.add(Action.PULL);
                case "push" -> actions.add(Action.PUSH);
                case "delete" -> actions.add(Action.DELETE);
                default -> throw fields.wrong("actions are pull, push and delete, not \"" + action + "\"");
            }
        }
        if (fields.texts("users").isEmpty() || actions.isEmpty()) {
            throw fields.wrong("a rule has users, repositories and actions");
        }
        return new AccessRules.Rule(
                Set.copyOf(fields.texts("users")), new RepositoryPattern(fields.required("repositories")), actions);
    }

    private static RegistryLimits limits(Fields fields) {
        fields.only("read-only", "largest-blob", "total", "quotas");
        var quotas = new ArrayList<RegistryLimits.Quota>();
        for (Fields quota : fields.each("quotas")) {
            quota.only("repositories", "size");
            quotas.add(new RegistryLimits.Quota(
                    new RepositoryPattern(quota.required("repositories")), quota.size("size", 0)));
        }
        return new RegistryLimits(
                fields.flag("read-only"),
                fields.size("largest-blob", Long.MAX_VALUE),
                fields.size("total", Long.MAX_VALUE),
                quotas);
    }

    private static RetentionRules retention(Fields fields) {
        fields.only("rules", "untagged-after", "orphans-after", "dry-run");
        var rules = new ArrayList<RetentionRules.Rule>();
        for (Fields rule : fields.each("rules")) {
            rule.only("repositories", "tags", "keep", "older-than");
            if (!rule.has("keep") && !rule.has("older-than")) {
                throw rule.wrong("a rule has keep, older-than, or both: else everything would go");
            }
            rules.add(new RetentionRules.Rule(
                    new RepositoryPattern(rule.text("repositories").orElse("**")),
                    new RepositoryPattern(rule.text("tags").orElse("**")),
                    rule.count("keep", 0),
                    rule.age("older-than").orElse(Duration.ZERO)));
        }
        return new RetentionRules(
                rules,
                fields.age("untagged-after"),
                fields.age("orphans-after").orElse(RetentionRules.NONE.orphans()),
                fields.flag("dry-run"));
    }

    private static Map<String, List<URI>> mirrors(Fields fields) {
        var mirrors = new HashMap<String, List<URI>>();
        fields.tree()
                .properties()
                .forEach(entry -> mirrors.put(
                        entry.getKey(),
                        fields.texts(entry.getKey()).stream()
                                .map(text -> url(fields, text))
                                .toList()));
        return mirrors;
    }

    private static BucketSettings bucket(Fields storage) {
        Fields fields = storage.only("s3").at("s3").only("bucket", "region", "prefix", "endpoint", "path-style");
        return new BucketSettings(
                fields.required("bucket"),
                fields.text("region").orElse("us-east-1"),
                fields.text("prefix").orElse(""),
                fields.text("endpoint").map(text -> url(fields, text)),
                fields.flag("path-style"));
    }

    private static URI url(Fields fields, String text) {
        if (!text.matches("https?://[^/\\s?#]+/?")) {
            throw fields.wrong("\"" + text + "\" is no address as https://host:port");
        }
        return URI.create(text.replaceFirst("/$", ""));
    }

    private Path path(String text) {
        return directory.resolve(text).normalize();
    }
}
