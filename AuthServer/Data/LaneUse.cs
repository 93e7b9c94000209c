using System.Data.Common;
using AuthServer.Audit;
using AuthServer.Audit.Chain;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AuthServer.Data;

/// <summary>The lane of one transaction at a time, taken with its first event and given back at its end.</summary>
internal sealed class LaneUse(AuditLanes lanes)
{
    // Whose watched part of the trail the transaction adds to.
    private readonly HashSet<string> _watched = new(StringComparer.Ordinal);

    private AuditLane? _lane;

    /// <summary>Where the chain ends now, to go back to; null: no event yet.</summary>
    public ChainHead? Mark => _lane?.Head;

    /// <summary>Gives an event the next place. It counts when <see cref="Placed"/> says that it is stored.</summary>
    public ChainHead Next(AuditEventRow row)
    {
        _lane ??= lanes.Take();
        if (!lanes.Watch.IsEmpty)
        {
            Note(row.OrganizationId);
            Note(row.Subject);
            Note(TrailWatch.Everything);
        }

        var next = _lane.Head.After(row.Digest);
        row.Place(next);
        return next;
    }

    public void Placed(ChainHead head) => _lane!.Head = head;

    /// <summary>What came after the mark was undone within the transaction.</summary>
    public void Reset(ChainHead? mark)
    {
        if (_lane is not null)
        {
            _lane.Head = mark ?? _lane.Committed;
        }
    }

    public void Commit()
    {
        _lane?.Commit();
        Return();
        foreach (var of in _watched)
        {
            lanes.Watch.Tell(of);
        }

        _watched.Clear();
    }

    /// <summary>The transaction was not committed.</summary>
    public void Undo()
    {
        _watched.Clear();
        _lane?.Undo();
        Return();
    }

    /// <summary>The commit failed; whether the transaction is on disk all the same is asked of the failure.</summary>
    public void Fail(Exception failure)
    {
        if (IsUndone(failure))
        {
            Undo();
        }
        else
        {
            Abandon();
        }
    }

    public void Abandon()
    {
        _watched.Clear();
        if (_lane is { } lane)
        {
            _lane = null;
            lanes.Abandon(lane);
        }
    }

    /// <summary>Whether the database itself said that it did not do it.</summary>
    public static bool IsUndone(Exception failure) => failure switch
    {
        DbUpdateConcurrencyException => true,
        DbUpdateException { InnerException: DbException inner } => IsUndone(inner),
        SqliteException sqlite => sqlite.SqliteErrorCode is SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED
            or SQLitePCL.raw.SQLITE_ERROR or SQLitePCL.raw.SQLITE_READONLY,

        // Classes 08, 57, 58 and XX: the connection or the server went, perhaps after the commit.
        PostgresException { SqlState: [var first, var second, ..] } => (first, second) is not (('0', '8') or ('5', '7') or ('5', '8') or ('X', 'X')),
        _ => false,
    };

    private void Note(string? of)
    {
        if (lanes.Watch.Includes(of))
        {
            _watched.Add(of!);
        }
    }

    private void Return()
    {
        if (_lane is { } lane)
        {
            _lane = null;
            lanes.Return(lane);
        }
    }
}
