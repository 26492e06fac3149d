import type { AuditExportLine, AuditExportStub } from '@latchkey/contract';
import type { ChainStub, SealedEvent } from '@latchkey/core/audit';
import { iso } from '../tokens/token-view.ts';

/** All that the chain covers of an event, and its seal: who has the file and an anchor can check it without us. */
export const toExportLine = (organizationId: string, { seal, event }: SealedEvent): AuditExportLine => ({
  organizationId,
  seal: {
    number: seal.number,
    eventId: seal.eventId,
    at: iso(seal.at),
    sealedAt: iso(seal.sealedAt),
    personalDigest: seal.personalDigest,
    eventDigest: seal.eventDigest,
    link: seal.link,
    mac: seal.mac,
    keyId: seal.keyId,
  },
  event:
    event === null
      ? null
      : {
          eventId: event.eventId,
          at: iso(event.at),
          actor: { type: event.actor.type, id: event.actor.id },
          action: event.action,
          target: { type: event.target.type, id: event.target.id },
          requestId: event.requestId,
          details: event.details,
          reason: event.reason,
          address: event.address,
          client: event.client,
          salt: event.salt,
          erasedBy: event.erasedBy,
        },
});

/** What is left of what retention has dropped, so that the chain can be checked from where it was cut. */
export const toExportStub = (organizationId: string, stub: ChainStub): AuditExportStub => ({
  organizationId,
  stub: {
    firstNumber: stub.firstNumber,
    lastNumber: stub.lastNumber,
    eventCount: stub.eventCount,
    lastLink: stub.lastLink,
    lastSealedAt: iso(stub.lastSealedAt),
    droppedAt: iso(stub.droppedAt),
    link: stub.link,
    mac: stub.mac,
    keyId: stub.keyId,
  },
});
