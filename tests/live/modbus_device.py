"""A Modbus device whose holding registers a test sets. The server is pymodbus; this only obeys.

Called with the port to listen at. Commands come on standard input, one a line, and each is answered by one line on
standard output once it has taken effect:

    set ADDRESS VALUE    a holding register, the same for every unit
    await-read ADDRESS   takes effect once the register was read since it was set
    delay SECONDS        every answer comes so much later than asked
    hold                 writes are not answered from now on, and change nothing
    await-asked          takes effect once a write was asked for, held or not
    await-write ADDRESS VALUE
                         takes effect once this was written there
    count-writes         tells how many writes were asked for, in place of `done`
    put ADDRESS TYPE ORDER VALUE
                         a value in as many registers as it takes, as pymodbus itself codes it; as FLOAT16 as Python does, as
                         BCD16 and BCD32 in decimal digits. The order of its bytes is ABCD, DCBA, BADC or CDAB
    serve                listens; before that nobody can connect, so that no register is read before it is set
    serve-rtu            the same, with the frames of a serial line
    serve-tls CERTIFICATE KEY
                         the same as `serve`, encrypted

It ends with its standard input.
"""

import asyncio
import ssl
import struct
import sys

from pymodbus import FramerType
from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.server import ModbusTcpServer, ModbusTlsServer
from pymodbus.simulator import DataType, SimData, SimDevice

REGISTERS = 192
EVERY_UNIT = 0


class Device:
    """The registers, and how long an answer takes."""

    def __init__(self):
        self.registers = [0] * REGISTERS
        self.was_read = [asyncio.Event() for _ in range(REGISTERS)]
        self.delay_seconds = 0.0
        self.server = None
        self.writes_asked = 0
        self.written = set()
        self.changed = asyncio.Event()
        self.may_write = asyncio.Event()
        self.may_write.set()

    async def answer(self, _function, start, address, count, current, written):
        """Takes what is written; puts the registers into what pymodbus answers with."""
        await asyncio.sleep(self.delay_seconds)
        if written is not None:
            await self.write(address, written)
            return
        for offset in range(address, address + count):
            current[offset - start] = self.registers[offset]
            self.was_read[offset].set()

    async def write(self, address, values):
        """Takes a write, unless they are held: then nobody will know."""
        self.writes_asked += 1
        self.tell_change()
        await self.may_write.wait()
        for offset, value in enumerate(values):
            self.registers[address + offset] = value
            self.written.add((address + offset, value))
        self.tell_change()

    def tell_change(self):
        """Wakes who waits for writes."""
        self.changed.set()
        self.changed = asyncio.Event()

    async def until(self, condition):
        """Waits until writes have made a condition true."""
        while not condition():
            await self.changed.wait()

    def put(self, address, kind, order, text):
        """Puts a value into its registers."""
        words = coded(kind, text)
        if order in ("DCBA", "CDAB") and kind != "STRING":
            words.reverse()
        if order in ("DCBA", "BADC"):
            words = [word >> 8 | (word & 0xFF) << 8 for word in words]
        self.registers[address : address + len(words)] = words

    async def serve(self, port, framer=FramerType.SOCKET, certificate=None):
        """Listens at a port."""
        registers = SimData(0, count=REGISTERS, values=0, datatype=DataType.REGISTERS)
        device = SimDevice(id=EVERY_UNIT, simdata=[registers], action=self.answer)
        address = ("127.0.0.1", port)
        if certificate is None:
            server = ModbusTcpServer(device, framer=framer, address=address)
        else:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            server = ModbusTlsServer(device, framer=framer, address=address, sslctx=context)
        await server.serve_forever(background=True)
        return server

    async def obey(self, command, port):
        """Does what a command says; returns the line that answers it."""
        match command.split():
            case ["set", address, value]:
                self.registers[int(address)] = int(value)
                self.was_read[int(address)].clear()
            case ["await-read", address]:
                await self.was_read[int(address)].wait()
            case ["delay", seconds]:
                self.delay_seconds = float(seconds)
            case ["hold"]:
                self.may_write.clear()
            case ["await-asked"]:
                await self.until(lambda: self.writes_asked > 0)
            case ["await-write", address, value]:
                await self.until(lambda: (int(address), int(value)) in self.written)
            case ["count-writes"]:
                return str(self.writes_asked)
            case ["put", address, kind, order, value]:
                self.put(int(address), kind, order, value)
            case ["serve"]:
                self.server = await self.serve(port)
            case ["serve-rtu"]:
                self.server = await self.serve(port, framer=FramerType.RTU)
            case ["serve-tls", certificate, key]:
                self.server = await self.serve(port, certificate=(certificate, key))
            case _:
                sys.exit(f"unknown command: {command}")
        return "done"


def coded(kind, text):
    """Returns the registers of a value, the most significant one first."""
    match kind:
        case "FLOAT16":
            return list(struct.unpack(">H", struct.pack(">e", float(text))))
        case "BCD16" | "BCD32":
            digits = text.zfill(4 if kind == "BCD16" else 8)
            return [int(digits[at : at + 4], 16) for at in range(0, len(digits), 4)]
        case "STRING":
            value = text
        case "FLOAT32" | "FLOAT64":
            value = float(text)
        case _:
            value = int(text)
    return ModbusClientMixin.convert_to_registers(value, ModbusClientMixin.DATATYPE[kind])


async def main(port):
    """Obeys until standard input ends."""
    commands = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(commands)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    device = Device()
    async for command in commands:
        print(await device.obey(command.decode(), port), flush=True)


asyncio.run(main(int(sys.argv[1])))
