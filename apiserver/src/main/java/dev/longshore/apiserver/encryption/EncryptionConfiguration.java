package dev.longshore.apiserver.encryption;

import dev.longshore.base.Json;
import dev.longshore.base.Yaml;
import dev.longshore.model.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;

/// Reads what kube-apiserver's `--encryption-provider-config` names: an `EncryptionConfiguration` of
/// `apiserver.config.k8s.io/v1`, with its rules and their words. Its provider `kms` is refused.
public final class EncryptionConfiguration {

    private static final String KIND = "EncryptionConfiguration";
    private static final String VERSION = "apiserver.config.k8s.io/v1";
    private static final Set<String> PROVIDERS = Set.of("aesgcm", "aescbc", "secretbox", "identity");
    private static final String FOREIGN = "kms";
    private static final String BOX = "secretbox";
    private static final List<Integer> AES_LENGTHS = List.of(16, 24, 32);
    private static final List<Integer> BOX_LENGTHS = List.of(32);

    private final SecureRandom randomness;
    private final List<Cause> causes = new ArrayList<>();

    private EncryptionConfiguration(SecureRandom randomness) {
        this.randomness = randomness;
    }

    /// @throws IllegalArgumentException when it cannot be read or says what cannot be; the message holds no key
    public static Encryption read(Path file, SecureRandom randomness) {
        try {
            return parse(Files.readString(file), randomness);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException("cannot read " + file + ": " + unreadable.getMessage(), unreadable);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": " + wrong.getMessage(), wrong);
        }
    }

    /// As [#read], of the text.
    static Encryption parse(String text, SecureRandom randomness) {
        JsonNode tree;
        try {
            tree = Yaml.parse(text);
        } catch (Json.MalformedException notYaml) {
            throw new IllegalArgumentException("it is no YAML", notYaml);
        }
        boolean isOurs = tree.path("kind").asString("").equals(KIND)
                && tree.path("apiVersion").asString("").equals(VERSION);
        if (!isOurs) {
            throw new IllegalArgumentException(
                    "it must begin with `apiVersion: %s` and `kind: %s`".formatted(VERSION, KIND));
        }
        var reader = new EncryptionConfiguration(randomness);
        List<Encryption.Entry> entries = reader.entries(tree.path("resources"));
        if (!reader.causes.isEmpty()) {
            throw new IllegalArgumentException(reader.causes.stream()
                    .map(cause -> cause.field() + ": " + cause.message())
                    .collect(Collectors.joining(", ")));
        }
        return new Encryption(entries);
    }

    private List<Encryption.Entry> entries(JsonNode list) {
        if (list.isEmpty()) {
            causes.add(Cause.required("resources", "at least one resources is required"));
        }
        var entries = new ArrayList<Encryption.Entry>();
        for (int i = 0; i < list.size(); i++) {
            String path = "resources[" + i + "]";
            List<String> resources = list.get(i)
                    .path("resources")
                    .valueStream()
                    .map(each -> each.asString(""))
                    .toList();
            causes.addAll(ResourceNames.check(resources, path + ".resources"));
            entries.add(new Encryption.Entry(
                    resources, new Seals(seals(list.get(i).path("providers"), path + ".providers"))));
        }
        return entries;
    }

    private List<Seal> seals(JsonNode providers, String path) {
        if (providers.isEmpty()) {
            causes.add(Cause.required(path, "at least one " + path + " is required"));
        }
        var seals = new ArrayList<Seal>();
        for (int i = 0; i < providers.size(); i++) {
            seals.addAll(provider(providers.get(i), path + "[" + i + "]"));
        }
        return seals;
    }

    private List<Seal> provider(JsonNode provider, String path) {
        List<String> names = List.copyOf(provider.propertyNames());
        if (names.size() > 1) {
            return refused(Cause.invalid(
                    path,
                    Cause.quote(String.join(", ", names)),
                    "more than one provider specified in a single element, should split into different list elements"));
        }
        String name = names.isEmpty() ? "" : names.getFirst();
        if (name.equals(FOREIGN)) {
            return refused(Cause.unsupported(
                    path, Cause.quote(name), PROVIDERS.stream().sorted().toList()));
        }
        return switch (name) {
            case "identity" -> List.of(new Seal.Identity());
            case "aesgcm", "aescbc", BOX -> keys(provider.path(name).path("keys"), name, path + "." + name + ".keys");
            default ->
                refused(Cause.invalid(
                        path,
                        Cause.quote(name),
                        "provider does not contain any of the expected providers: KMS, AESGCM, AESCBC, Secretbox,"
                                + " Identity"));
        };
    }

    private List<Seal> refused(Cause cause) {
        causes.add(cause);
        return List.of();
    }

    private List<Seal> keys(JsonNode keys, String provider, String path) {
        if (keys.isEmpty()) {
            causes.add(Cause.required(path, "at least one keys is required"));
        }
        List<Integer> lengths = provider.equals(BOX) ? BOX_LENGTHS : AES_LENGTHS;
        var seals = new ArrayList<Seal>();
        for (int i = 0; i < keys.size(); i++) {
            String at = path + "[" + i + "]";
            String name = keys.get(i).path("name").asString("");
            if (name.isEmpty()) {
                causes.add(Cause.required(at + ".name", "name is a mandatory field for a key"));
            }
            secret(keys.get(i).path("secret").asString(""), lengths, at + ".secret")
                    .map(secret -> seal(provider, name, secret))
                    .ifPresent(seals::add);
        }
        return seals;
    }

    private Seal seal(String provider, String name, SecretKey secret) {
        return switch (provider) {
            case BOX -> new SecretBox(name, secret, randomness);
            case "aesgcm" -> new AesGcm(name, secret, randomness);
            default -> new AesCbc(name, secret, randomness);
        };
    }

    private Optional<SecretKey> secret(String encoded, List<Integer> lengths, String path) {
        if (encoded.isEmpty()) {
            causes.add(Cause.required(path, "secret is a mandatory field for a key"));
            return Optional.empty();
        }
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException notBase64) {
            causes.add(Cause.invalid(path, Cause.quote("REDACTED"), "secrets must be base64 encoded"));
            return Optional.empty();
        }
        if (!lengths.contains(secret.length)) {
            causes.add(Cause.invalid(
                    path,
                    Cause.quote("REDACTED"),
                    "secret is not of the expected length, got %d, expected one of [%s]"
                            .formatted(
                                    secret.length,
                                    lengths.stream().map(String::valueOf).collect(Collectors.joining(" ")))));
            return Optional.empty();
        }
        return Optional.of(new SecretKeySpec(secret, "AES"));
    }
}
