package dev.longshore.images.registry;

import dev.longshore.images.LocalImages;
import dev.longshore.images.registry.bucket.BucketStorage;
import dev.longshore.images.registry.bucket.MemoryBucket;
import dev.longshore.images.registry.storage.RegistryStorage;

/// The same table over a bucket.
class BucketConformanceTest extends ConformanceTest {

    @Override
    RegistryStorage storage(LocalImages images) {
        return new BucketStorage(new MemoryBucket(images.time()), images);
    }
}
