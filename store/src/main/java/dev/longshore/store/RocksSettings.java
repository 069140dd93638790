package dev.longshore.store;

import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WALRecoveryMode;

/// How we run RocksDB: for some hundred thousand small values, a fast start and little memory.
final class RocksSettings implements AutoCloseable {

    private static final long MIB = 1 << 20;

    private final LRUCache cache;
    private final BloomFilter bloom;
    private final Options options;

    RocksSettings() {
        RocksDB.loadLibrary();
        cache = new LRUCache(16 * MIB);
        bloom = new BloomFilter(10);
        var table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setFilterPolicy(bloom)
                .setCacheIndexAndFilterBlocks(true)
                .setBlockSize(16 << 10);
        options = new Options()
                .setCreateIfMissing(true)
                .setTableFormatConfig(table)
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setWriteBufferSize(8 * MIB)
                .setMaxWriteBufferNumber(2)
                .setMaxTotalWalSize(16 * MIB)
                .setTargetFileSizeBase(16 * MIB)
                .setMaxBackgroundJobs(2)
                .setManifestPreallocationSize(64 << 10)
                .setMaxOpenFiles(128)
                // Counting what the tables hold and keeping statistics costs start-up time and gives us nothing.
                .setSkipStatsUpdateOnDbOpen(true)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(2)
                // Half a record at the end of a log is what a kill leaves. Anything else in it is damage: what was
                // acknowledged and cannot be read must not be forgotten silently.
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords);
    }

    Options options() {
        return options;
    }

    @Override
    public void close() {
        options.close();
        bloom.close();
        cache.close();
    }
}
