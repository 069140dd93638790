package dev.longshore.server.config;

import dev.longshore.http.HttpDialer;
import dev.longshore.http.TlsIdentity;
import dev.longshore.server.pki.Pem;
import dev.longshore.store.etcd.EtcdConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// Where the cluster's state is kept.
///
/// @param etcd an etcd cluster; in the data directory without
public record StoreOptions(Optional<EtcdConfig> etcd) {

    /// As without flags.
    public static final StoreOptions EMBEDDED = new StoreOptions(Optional.empty());

    /// The etcd cluster at `address`.
    ///
    /// @param files its keys
    /// @throws IllegalArgumentException when the address or the files make no sense
    /// @throws IOException when a file cannot be read
    public static EtcdConfig etcd(String address, KeyFiles files) throws IOException {
        return new EtcdConfig(EtcdConfig.endpoints(address), files.tls());
    }

    /// Files of keys, under the names that kube-apiserver's flags have.
    ///
    /// @param authority whose certificates of members are believed; without, etcd is spoken to in plain text
    public record KeyFiles(Optional<Path> authority, Optional<Path> certificate, Optional<Path> key) {

        Optional<HttpDialer.Tls> tls() throws IOException {
            if (certificate.isPresent() != key.isPresent()) {
                throw new IllegalArgumentException("--etcd-certfile and --etcd-keyfile go together");
            }
            if (authority.isEmpty()) {
                if (certificate.isPresent()) {
                    throw new IllegalArgumentException("--etcd-certfile needs --etcd-cafile");
                }
                return Optional.empty();
            }
            Optional<TlsIdentity> identity = certificate.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new TlsIdentity(Pem.privateKey(key.orElseThrow()), Pem.certificates(certificate.get())));
            return Optional.of(new HttpDialer.Tls(Pem.certificates(authority.get()), identity, Optional.empty()));
        }
    }
}
