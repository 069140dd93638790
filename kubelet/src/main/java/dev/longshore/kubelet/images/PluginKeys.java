package dev.longshore.kubelet.images;

import dev.longshore.base.Time;
import dev.longshore.kubelet.cluster.ConfigApi;
import dev.longshore.linux.Commands;
import dev.longshore.linux.HostCommands;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Credentials that the node's credential providers give for an image. One that fails gives none, which the log says.
/// Thread-safe; blocks while programs run.
public final class PluginKeys {

    private static final Logger log = LoggerFactory.getLogger(PluginKeys.class);

    private final List<KeptCredentials> providers;

    /// Of `providers`; `config` tells of ServiceAccounts.
    public PluginKeys(CredentialProviders providers, ConfigApi config, Time time) {
        this(providers, config, time, new HostCommands());
    }

    PluginKeys(CredentialProviders providers, ConfigApi config, Time time, Commands commands) {
        this.providers = providers.all().stream()
                .map(provider -> new KeptCredentials(
                        provider, new ExecPlugin(provider, providers.directory(), commands), config, time))
                .toList();
    }

    /// Those to be tried for `image`, as `pod` spells it.
    public List<PullKey> find(Pod pod, String image) {
        var found = new ArrayList<PullKey>();
        String repository = whole(ImageNames.repository(image));
        for (KeptCredentials provider : providers) {
            try {
                found.addAll(provider.find(pod, repository));
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return found;
            } catch (RuntimeException failure) {
                log.error("no credentials for image {} from {}: {}", image, provider.name(), failure.getMessage());
            }
        }
        return found;
    }

    /// Docker's names leave out the registry that is usual, and there the part that is.
    private static String whole(String repository) {
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        boolean isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
        if (!isHost) {
            return "docker.io/" + (slash < 0 ? "library/" : "") + repository;
        }
        return repository;
    }
}
