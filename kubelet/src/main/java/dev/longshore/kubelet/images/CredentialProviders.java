package dev.longshore.kubelet.images;

import dev.longshore.kubelet.configuration.ConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The credential providers of a node, as the kubelet's flags `--image-credential-provider-config` and
/// `--image-credential-provider-bin-dir` name them.
///
/// @param config the file, or the directory of files, that they are from; empty without any
/// @param directory where their programs are
public record CredentialProviders(Optional<Path> config, Path directory, List<CredentialProvider> all) {

    /// None at all.
    public static final CredentialProviders NONE =
            new CredentialProviders(Optional.empty(), Path.of("/nonexistent"), List.of());

    public CredentialProviders {
        all = List.copyOf(all);
    }

    /// As the files say. Every program is there and can be run.
    ///
    /// @throws ConfigurationException in the kubelet's words, when it is not so
    public static CredentialProviders read(Path config, Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new ConfigurationException("plugin binary directory %s did not exist".formatted(directory));
        }
        var all = new ArrayList<CredentialProvider>();
        var names = new HashSet<String>();
        for (Path file : files(config)) {
            for (CredentialProvider provider : CredentialProviderReader.read(file)) {
                if (!names.add(provider.name())) {
                    throw new ConfigurationException(
                            "duplicate provider name \"%s\" found in configuration file(s)".formatted(provider.name()));
                }
                Path program = directory.resolve(provider.name());
                if (!Files.isExecutable(program) || Files.isDirectory(program)) {
                    throw new ConfigurationException("plugin binary executable %s did not exist".formatted(program));
                }
                all.add(provider);
            }
        }
        return new CredentialProviders(Optional.of(config.toAbsolutePath()), directory.toAbsolutePath(), all);
    }

    private static List<Path> files(Path config) {
        if (!Files.exists(config)) {
            throw new ConfigurationException(
                    "unable to access path \"%s\": no such file or directory".formatted(config));
        }
        if (!Files.isDirectory(config)) {
            return List.of(config);
        }
        try (Stream<Path> entries = Files.list(config)) {
            List<Path> files = entries.filter(Files::isRegularFile)
                    .filter(file -> file.toString().matches(".*\\.(json|yaml|yml)"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new ConfigurationException("no configuration files found in directory \"%s\"".formatted(config));
            }
            return files;
        } catch (IOException unreadable) {
            throw new ConfigurationException(
                    "unable to read directory \"%s\": %s".formatted(config, unreadable.getMessage()), unreadable);
        }
    }
}
