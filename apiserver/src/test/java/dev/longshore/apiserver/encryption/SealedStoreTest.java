package dev.longshore.apiserver.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.longshore.base.ManualTime;
import dev.longshore.model.GroupResource;
import dev.longshore.store.EmbeddedStore;
import dev.longshore.store.Key;
import dev.longshore.store.KeyRange;
import dev.longshore.store.RangeQuery;
import dev.longshore.store.Store;
import dev.longshore.store.StoreException;
import dev.longshore.store.StoreFault;
import dev.longshore.store.Stores;
import dev.longshore.store.Txn;
import dev.longshore.store.WatchQuery;
import dev.longshore.store.Watcher;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SealedStoreTest {

    private static final Key SECRET = Key.of("/registry/secrets/default/door");
    private static final Key MAP = Key.of("/registry/configmaps/default/door");
    private static final StoredResources RESOURCES = new StoredResources(Map.of(
            "secrets", new GroupResource("", "secrets"),
            "configmaps", new GroupResource("", "configmaps"),
            "services/specs", new GroupResource("", "services")));
    private static final String OLD = "{aesgcm: {keys: [{name: old, secret: b2xkIGtleSBvZiAxNiBieQ==}]}}";
    private static final String NEW =
            "{aesgcm: {keys: [{name: new, secret: bmV3IGtleSBvZiAzMiBieXRlcywgbm8gb25lIGxlc3M=}]}}";
    private static final String BLOCKS = "{aescbc: {keys: [{name: b, secret: b2xkIGtleSBvZiAxNiBieQ==}]}}";
    private static final String BOX =
            "{secretbox: {keys: [{name: s, secret: bmV3IGtleSBvZiAzMiBieXRlcywgbm8gb25lIGxlc3M=}]}}";
    private static final String PLAIN = "{identity: {}}";

    private final EmbeddedStore raw = Stores.inMemory(new ManualTime());

    @AfterEach
    void end() {
        raw.close();
    }

    private static Encryption secrets(String... providers) {
        return EncryptionConfiguration.parse(
                "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration, resources: [{resources:"
                        + " [secrets, '*.example.com'], providers: [" + String.join(", ", providers) + "]}]}",
                new SecureRandom());
    }

    private SealedStore sealed(String... providers) {
        return new SealedStore(raw, RESOURCES, secrets(providers));
    }

    private static void put(Store store, Key key, String value) {
        store.commit(Txn.of(new Txn.Operation.Put(key, value.getBytes(StandardCharsets.UTF_8))));
    }

    private static String get(Store store, Key key) {
        byte[] value = store.range(RangeQuery.of(key)).entries().getFirst().value();
        return new String(value, StandardCharsets.UTF_8);
    }

    @Test
    void whatIsNamedIsStoredEncryptedAndReadPlain() {
        SealedStore store = sealed(NEW, PLAIN);
        put(store, SECRET, "open sesame");
        put(store, MAP, "hello");
        put(store, Key.of("/registry/example.com/trouts/default/a"), "custom");

        assertThat(get(store, SECRET)).isEqualTo("open sesame");
        assertThat(get(raw, SECRET)).startsWith("k8s:enc:aesgcm:v1:new:").doesNotContain("sesame");
        assertThat(get(raw, MAP)).isEqualTo("hello");
        assertThat(get(raw, Key.of("/registry/example.com/trouts/default/a"))).startsWith("k8s:enc:aesgcm:v1:new:");
    }

    @Test
    void watchersSeePlainValues() throws InterruptedException {
        SealedStore store = sealed(NEW);
        try (Watcher watcher = store.watch(new WatchQuery(KeyRange.single(SECRET), 0, true))) {
            put(store, SECRET, "one");
            put(store, SECRET, "two");
            store.commit(Txn.of(new Txn.Operation.Delete(SECRET)));
            var seen = new StringBuilder();
            while (seen.length() < "one two/one two ".length()) {
                watcher.next(Duration.ofSeconds(5)).orElseThrow().events().forEach(event -> {
                    seen.append(new String(event.entry().value(), StandardCharsets.UTF_8));
                    event.previous()
                            .ifPresent(
                                    last -> seen.append('/').append(new String(last.value(), StandardCharsets.UTF_8)));
                    seen.append(' ');
                });
            }
            assertThat(seen).hasToString("one two/one /two ");
        }
    }

    @Test
    void valuesUnderEveryKeyOfTheFileAreRead() {
        put(raw, SECRET, "plain");
        assertThat(get(sealed(NEW, PLAIN), SECRET)).isEqualTo("plain");
        put(sealed(OLD), SECRET, "old");
        assertThat(get(sealed(NEW, OLD), SECRET)).isEqualTo("old");
        put(sealed(BLOCKS), SECRET, "in blocks");
        assertThat(get(sealed(NEW, BLOCKS), SECRET)).isEqualTo("in blocks");
        assertThat(get(raw, SECRET)).startsWith("k8s:enc:aescbc:v1:b:");
        put(sealed(BOX), SECRET, "in a box");
        assertThat(get(sealed(NEW, BOX), SECRET)).isEqualTo("in a box");
        assertThat(get(raw, SECRET)).startsWith("k8s:enc:secretbox:v1:s:");
    }

    @Test
    void whatNoKeyOpensIsRefusedAndNotShown() {
        put(sealed(OLD), SECRET, "lost");
        assertRefused(sealed(NEW, PLAIN), "no matching prefix found");
        assertRefused(new SealedStore(raw, RESOURCES, new Encryption(java.util.List.of())), "no matching prefix found");
        put(raw, SECRET, "plain");
        assertRefused(sealed(NEW), "no matching prefix found");
    }

    @Test
    void aValueThatWasChangedOrMovedIsRefused() {
        SealedStore store = sealed(NEW);
        put(store, SECRET, "mine");
        byte[] value = raw.range(RangeQuery.of(SECRET)).entries().getFirst().value();
        byte[] changed = value.clone();
        changed[changed.length - 1] ^= 1;
        raw.commit(Txn.of(new Txn.Operation.Put(SECRET, changed)));
        assertRefused(store, "mismatch");

        Key other = Key.of("/registry/secrets/evil/door");
        raw.commit(Txn.of(new Txn.Operation.Put(other, value)));
        assertThatThrownBy(() -> get(store, other)).isInstanceOf(StoreException.class);
        raw.commit(Txn.of(new Txn.Operation.Put(SECRET, "k8s:enc:aesgcm:v1:new:x".getBytes(StandardCharsets.UTF_8))));
        assertRefused(store, "shorter than the required size");
    }

    private static void assertRefused(SealedStore store, String why) {
        assertThatThrownBy(() -> get(store, SECRET))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        refused -> assertThat(refused.fault()).isInstanceOf(StoreFault.Sealed.class))
                .hasMessageContaining("unable to transform key \"" + SECRET + "\": ")
                .hasMessageContaining(why);
    }

    @Test
    void rewritingSealsAnewWhatAnOlderKeySealed() {
        put(raw, SECRET, "a");
        put(sealed(OLD), Key.of("/registry/secrets/default/b"), "b");
        put(raw, MAP, "c");
        SealedStore store = sealed(NEW, OLD, PLAIN);
        assertThat(store.count()).hasToString("{secrets={aesgcm:v1:old=1, identity=1}}");
        assertThat(store.isStale(SECRET)).isTrue();

        assertThat(store.rewrite()).hasToString("{secrets=2}");
        assertThat(store.count()).hasToString("{secrets={aesgcm:v1:new=2}}");
        assertThat(store.isStale(SECRET)).isFalse();
        assertThat(store.rewrite()).isEmpty();
        assertThat(get(sealed(NEW), SECRET)).isEqualTo("a");
    }

    @Test
    void rewritingDecryptsWhatShallBePlainAgain() {
        put(sealed(OLD), SECRET, "a");
        assertThat(sealed(PLAIN, OLD).rewrite()).hasToString("{secrets=1}");
        assertThat(get(raw, SECRET)).isEqualTo("a");
    }
}
